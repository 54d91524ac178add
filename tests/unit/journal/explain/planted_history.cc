#include "tests/unit/journal/explain/planted_history.h"

#include <algorithm>

namespace hookjournal {

namespace {

using Cause = PlantedHistory::Cause;

constexpr std::size_t kGuests = 200;
constexpr std::size_t kStarts = 900;
constexpr std::int64_t kMinute = 60 * kSecondNs;

const std::string kBadScript = "qemu.d/10-net";

std::string hex(std::uint64_t value, std::size_t digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < digits; ++i, value >>= 4) text += kDigits[value & 15];
  return text;
}

// The main script runs the others itself, as most do: it is the one that fails.
struct Failure {
  Ending ending;
  std::string err;
};

Failure failure_for(Cause cause, const std::string& guest, std::size_t number) {
  const std::string n = std::to_string(number);
  switch (cause) {
    case Cause::script:
      return {Exited{2}, guest + ": bridge br" + n + " is not there\n"};
    case Cause::xml:
      return {Exited{3}, "cannot prepare " + guest + " (" + n + " ms)\n"};
    case Cause::host:
      return {Exited{1}, "modprobe: FATAL: Module vfio_" + n + " not found\n"};
    case Cause::chance:
      break;
  }
  return {Exited{75}, "timeout after " + n + " s waiting for the lock\n"};
}

}  // namespace

PlantedHistory::PlantedHistory(unsigned seed) : random_(seed) {
  context_ = run_start("qemu", {}).context;
  files_ = {{"qemu", "#!/bin/sh\n# v0\n"},
            {kBadScript, "#!/bin/sh\n# v0\n"},
            {"qemu.d/20-modules", "#!/bin/sh\n# v0\n"},
            {"helper.conf", "a=0\n"}};
  make_guests();
  plan();
  for (std::size_t step = 0; step < kStarts; ++step) {
    plant(step);
    change_something(step);
    Guest& guest = guests_[below(kGuests)];
    start_guest(guest, false);
    // By chance only where nothing is the matter, and nothing else happens in between.
    if (step % 150 != 149 || trouble_of(guest)) continue;
    start_guest(guest, false);
    start_guest(guest, true);
  }
}

void PlantedHistory::make_guests() {
  for (std::size_t i = 0; i < kGuests; ++i) {
    Guest guest;
    guest.name = "web" + std::to_string(i);
    guest.uuid = hex(random_(), 8) + "-aaaa-bbbb-cccc-" + hex(random_(), 8) + "0000";
    guest.mac = "52:54:00:" + hex(random_(), 2) + ":" + hex(random_(), 2) + ":01";
    guest.memory = 1024 << below(4);
    guest.disks = 1 + static_cast<int>(below(3));
    guest.needs_bridge = below(3) == 0;
    guest.needs_module = below(3) == 0;
    guests_.push_back(guest);
  }
}

void PlantedHistory::plan() {
  const auto between = [this](std::size_t from, std::size_t to) {
    return from + below(to - from);
  };
  script_breaks_ = between(300, 700);
  script_mended_ = script_breaks_ + between(60, 200);
  host_changes_ = between(300, 700);
  guests_change_ = between(300, 700);
  which_xml_ = static_cast<int>(below(3));
  which_host_ = static_cast<int>(below(3));
  const std::string places[] = {"/domain/devices/hostdev", "/domain/os/type/@machine",
                                "/domain/memory"};
  const std::string values[] = {"kernel", "caller's build", "host"};
  planted_ = {{Cause::script, kBadScript},
              {Cause::xml, places[which_xml_]},
              {Cause::host, values[which_host_]}};
}

void PlantedHistory::plant(std::size_t step) {
  if (step == script_breaks_) {
    files_[kBadScript] = "#!/bin/sh\n# rewritten\nbrctl show\n";
    bad_script_ = true;
  }
  if (step == script_mended_) {
    files_[kBadScript] = "#!/bin/sh\n# mended\n";
    bad_script_ = false;
  }
  if (step == guests_change_) {
    for (int i = 0; i < 12; ++i) {
      Guest& guest = guests_[below(kGuests)];
      if (which_xml_ == 0) guest.hostdev = true;
      if (which_xml_ == 1) guest.machine = "pc-q35-9.9";
      if (which_xml_ == 2) guest.memory = 999'999;
    }
  }
  if (step == host_changes_) {
    bad_host_ = true;
    if (which_host_ == 0) {
      context_.kernel = "6.12.0";
      context_.boot_id = "boot-of-the-new-kernel";
    }
    if (which_host_ == 1) {
      context_.caller.exe_build_id = "\x07\x08";
      context_.caller.process = {9000, 77};
    }
    if (which_host_ == 2)
      for (Guest& guest : guests_) guest.moved = below(4) == 0;
  }
}

// What does no harm.
void PlantedHistory::change_something(std::size_t step) {
  const std::string number = std::to_string(step);
  if (step % 90 == 89) files_["helper.conf"] = "a=" + number + "\n";
  if (step % 170 == 169) files_["qemu"] = "#!/bin/sh\n# v" + number + "\n";
  if (step % 110 == 109)
    context_.caller.process = {1000 + static_cast<pid_t>(step), step};
  if (step % 250 == 249) context_.boot_id = "boot-" + number;
  if (step % 400 == 399) context_.recorder_version = "0.1." + number;
  if (step == 450) context_.environment.emplace_back("HOME=/root");
  if (step % 7 == 0) {
    Guest& guest = guests_[below(kGuests)];
    if (guest.memory != 999'999) guest.memory = 1024 << below(4);
  }
  if (step % 11 == 0) guests_[below(kGuests)].disks = 1 + static_cast<int>(below(3));
  if (step % 13 == 0) guests_[below(kGuests)].description = true;
}

std::optional<Cause> PlantedHistory::trouble_of(const Guest& guest) const {
  if (bad_script_ && guest.needs_bridge) return Cause::script;
  const bool on_bad_host = which_host_ == 2 ? guest.moved : guest.needs_module;
  if (bad_host_ && on_bad_host) return Cause::host;
  const bool bad_xml =
      guest.hostdev || guest.machine == "pc-q35-9.9" || guest.memory == 999'999;
  return bad_xml ? std::optional(Cause::xml) : std::nullopt;
}

std::string PlantedHistory::xml_of(const Guest& guest) {
  const std::string id = std::to_string(next_id_++);
  std::string xml = "<domain type='kvm' id='" + id + "'><name>" + guest.name +
                    "</name><uuid>" + guest.uuid + "</uuid>";
  if (guest.description) xml += "<description>of " + guest.name + "</description>";
  xml += "<memory unit='KiB'>" + std::to_string(guest.memory) + "</memory><os><type " +
         "machine='" + guest.machine + "'>hvm</type></os><devices>";
  for (int i = 0; i < guest.disks; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    xml += "<disk type='file'><source file='/images/" + guest.name + "-" + letter +
           ".qcow2'/><target dev='vd" + letter + "'/></disk>";
  }
  xml += "<interface type='bridge'><mac address='" + guest.mac + "'/><target dev='vnet" +
         id + "'/></interface><graphics port='" + std::to_string(5900 + below(90)) +
         "'/>";
  if (guest.hostdev)
    xml += "<hostdev mode='subsystem'><source><address bus='0x" + hex(random_(), 2) +
           "'/></source></hostdev>";
  return xml + "</devices><seclabel><label>c" + std::to_string(below(1000)) + ",c" +
         std::to_string(below(1000)) + "</label></seclabel></domain>";
}

ScannedTree PlantedHistory::tree() const {
  ScannedTree tree;
  tree.hooks_dir = context_.hooks_dir;
  for (const auto& [path, text] : files_)
    tree.files.push_back({path, 0755, TreeContent::Kind::content, text, {}});
  return tree;
}

void PlantedHistory::start_guest(Guest& guest, bool by_chance) {
  now_ns_ += kMinute + static_cast<std::int64_t>(below(60)) * kMinute;
  RunStarted start = run_start("qemu", {guest.name, "prepare", "begin", "-"}, now_ns_);
  start.context = context_;
  if (guest.moved) {
    start.context.host_name = "kvm8";
    start.context.machine_id = "fedcba9876543210fedcba9876543210";
    start.context.boot_id += "-of-kvm8";
    start.context.caller.process.pid += 1;
  }
  RunEnded end = run_end(Exited{0}, now_ns_);
  const auto cause = by_chance ? std::optional(Cause::chance) : trouble_of(guest);
  if (cause) {
    Failure failure = failure_for(*cause, guest.name, below(100));
    end.ending = failure.ending;
    end.err = kept(failure.err);
  }
  const std::int64_t id =
      journal_.writer().whole(start, kept(xml_of(guest)), tree(), end);
  ++calls_;
  if (cause) failed_[*cause].push_back(id);
}

std::int64_t PlantedHistory::failure_of(Cause cause) {
  const auto& calls = failed_.at(cause);
  return calls[below(calls.size())];
}

}  // namespace hookjournal
