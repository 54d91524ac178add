#include "tests/bench/large_journal.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "journal/facts_codec.h"
#include "journal/journal.h"
#include "journal/journal_writer.h"
#include "journal/projection.h"

using namespace hookjournal;

namespace {

constexpr std::int64_t kGuests = 200, kKinds = 8, kTrees = 6;
constexpr std::int64_t kCallsOfLife = 5;
constexpr std::int64_t kAtOnce = 5000;  // calls in a transaction
constexpr std::int64_t kFirst = 1'740'000'000'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

struct Step {
  const char *operation, *suboperation, *extra;
};
constexpr Step kLife[kCallsOfLife] = {{"prepare", "begin", "-"},
                                      {"start", "begin", "-"},
                                      {"started", "begin", "-"},
                                      {"stopped", "end", "shutdown"},
                                      {"release", "end", "shutdown"}};

struct Cause {
  const char* before;
  const char* after;
  int status;
};
constexpr Cause kCauses[] = {
    {"qemu: line 12: bridge br", " does not exist", 1},
    {"RTNETLINK answers: File exists (tap", ")", 2},
    {"lvcreate: volume group has ", " extents too few", 5},
    {"mount: /srv/images/", ": special device is not there", 32},
    {"nft: rule handle ", ": no such file or directory", 1},
    {"timeout after ", " ms while waiting for storage", 124},
    {"cannot bind 0000:3b:00.", " to vfio-pci", 1},
    {"python3: KeyError: 'node", "'", 1},
    {"ip: RTNETLINK answers: Operation not permitted, mtu ", "", 2},
    {"curl: (7) Failed to connect to ipam port 80", " after 3 tries", 7},
    {"hugepages: only ", " free", 1},
    {"qemu: line 40: /run/lock/hook.", ": Permission denied", 126},
};

std::uint32_t random_of(std::uint64_t seed) {
  seed *= 0x9e3779b97f4a7c15;
  seed ^= seed >> 29;
  seed *= 0xbf58476d1ce4e5b9;
  return static_cast<std::uint32_t>(seed >> 32);
}

std::string digits(std::uint64_t value, int count) {
  std::string text = std::to_string(value);
  return std::string(
             static_cast<std::size_t>(std::max(0, count - static_cast<int>(text.size()))),
             '0') +
         text;
}

std::string hex_of(std::uint64_t seed, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    constexpr const char* kDigits = "0123456789abcdef";
    const std::uint32_t byte = random_of(seed * 31 + static_cast<std::uint64_t>(i));
    text += kDigits[byte & 15];
    text += kDigits[byte >> 4 & 15];
  }
  return text;
}

std::string uuid_of_guest(std::int64_t guest) {
  std::string uuid = hex_of(static_cast<std::uint64_t>(guest) + 77, 16);
  for (const std::size_t dash : {8, 13, 18, 23}) uuid.insert(dash, "-");
  return uuid;
}

// As libvirt prints a running guest; `boot` counts its starts.
std::string guest_xml(std::int64_t guest, std::int64_t boot, bool prepared) {
  const std::int64_t kind = guest % kKinds;
  const std::string name = "guest" + digits(static_cast<std::uint64_t>(guest), 3);
  const std::string id = std::to_string(boot * 7 + guest % 7 + 1);
  std::string xml = "<domain type='kvm' id='" + id + "'>\n  <name>" + name +
                    "</name>\n  <uuid>" + uuid_of_guest(guest) +
                    "</uuid>\n  <memory unit='KiB'>" +
                    std::to_string((1 + kind) * 1048576) +
                    "</memory>\n  <vcpu placement='static'>" + std::to_string(1 + kind) +
                    "</vcpu>\n  <os>\n    <type arch='x86_64' "
                    "machine='pc-q35-7.2'>hvm</type>\n  </os>\n  <devices>\n";
  for (std::int64_t disk = 0; disk < 3 + kind * 2; ++disk)
    xml +=
        "    <disk type='file' device='disk'>\n      <driver name='qemu' "
        "type='qcow2' cache='none'/>\n      <source file='/var/lib/libvirt/images/" +
        name + "-" + std::to_string(disk) + ".qcow2'/>\n      <target dev='vd" +
        static_cast<char>('a' + disk) +
        "' bus='virtio'/>\n      <address type='pci' domain='0x0000' bus='0x0" +
        std::to_string(disk % 10) + "' slot='0x00' function='0x0'/>\n    </disk>\n";
  for (std::int64_t nic = 0; nic < 2 + kind; ++nic) {
    xml += "    <interface type='bridge'>\n      <mac address='52:54:00:" +
           hex_of(static_cast<std::uint64_t>(guest * 100 + nic), 3)
               .insert(2, ":")
               .insert(5, ":") +
           "'/>\n      <source bridge='br" + std::to_string(nic) + "'/>\n";
    if (prepared)
      xml += "      <target dev='vnet" + std::to_string((boot * 200 + guest) * 4 + nic) +
             "'/>\n";
    xml += "      <model type='virtio'/>\n    </interface>\n";
  }
  while (xml.size() < static_cast<std::size_t>(4000 + kind * 1000))
    xml += "    <controller type='pci' index='" + std::to_string(xml.size() % 97) +
           "' model='pcie-root-port'>\n      <alias name='pci." +
           std::to_string(xml.size() % 89) + "'/>\n    </controller>\n";
  return xml + "  </devices>\n</domain>\n";
}

class Maker {
 public:
  Maker(const std::filesystem::path& file, std::int64_t calls)
      : calls_(calls),
        journal_(file, std::chrono::seconds(5)),
        projection_(journal_.database(), journal_.blobs()) {}

  LargeJournal make();

 private:
  void keep_trees();
  RunStarted start_of(std::int64_t call, const std::string& object, const Step& step);
  void add(std::int64_t call);

  const std::int64_t calls_;
  JournalWriter journal_;
  Projection projection_;
  LargeJournal made_;
  std::vector<std::int64_t> trees_;
  struct Guest {
    std::int64_t boot = 0;
    std::string prepared, running;
  };
  std::array<Guest, kGuests> guests_;
};

void Maker::keep_trees() {
  for (std::int64_t version = 0; version < kTrees; ++version) {
    const std::string script =
        "#!/bin/sh\n# version " + std::to_string(version) + "\nexit 0\n";
    journal_.blobs().keep(script);
    trees_.push_back(
        journal_.blobs().keep("0755 file " + to_hex(sha256(script)) + " qemu\n"));
  }
}

RunStarted Maker::start_of(std::int64_t call, const std::string& object,
                           const Step& step) {
  RunStarted run;
  const std::int64_t at_ns =
      kFirst + call * 8 * kSecond + random_of(static_cast<std::uint64_t>(call)) % kSecond;
  run.at = {at_ns, at_ns - kFirst};
  run.uuid = new_uuid(at_ns);
  run.script = "qemu";
  run.arguments = {object, step.operation, step.suboperation, step.extra};
  run.planned = {"qemu"};
  run.origin = Origin::libvirt;
  run.recorder = {static_cast<pid_t>(2000 + call % 30000),
                  static_cast<std::uint64_t>(call)};
  run.writer = {run.recorder.pid + 1, run.recorder.start_ticks};
  run.context.host_name = "kvm7";
  run.context.boot_id = "boot-" + std::to_string(call * 20 / calls_);
  run.context.kernel = "6.1.0-" + std::to_string(call * 4 / calls_);
  run.context.recorder_version = "0.1.0";
  run.context.hooks_dir = "/etc/libvirt/hooks";
  run.context.environment = {"LC_ALL=C", "PATH=/usr/sbin:/usr/bin"};
  run.context.caller = {{812, 4711}, "/usr/sbin/virtqemud", 1, 2, "build"};
  return run;
}

// Guests go through their lives side by side.
void Maker::add(std::int64_t call) {
  const std::int64_t round = call / (kGuests * kCallsOfLife);
  const std::int64_t guest = call % kGuests;
  const Step& step = kLife[call / kGuests % kCallsOfLife];
  Guest& known = guests_[static_cast<std::size_t>(guest)];
  if (known.boot != round + 1) {
    known.boot = round + 1;
    known.prepared = guest_xml(guest, round, false);
    known.running = guest_xml(guest, round, true);
  }
  const std::string object = "guest" + digits(static_cast<std::uint64_t>(guest), 3);
  const std::uint32_t chance = random_of(static_cast<std::uint64_t>(call) + 99);
  const bool first = &step == kLife;
  std::string xml = first ? known.prepared : known.running;
  RunEnded end;
  const RunStarted start = start_of(call, object, step);
  if (call == calls_ / 2)
    xml.insert(xml.find("<devices>"),
               std::string("<!-- ") + LargeJournal::kRareInput + " -->");
  if (chance % 100 == 0 || call == calls_ / 3) {
    const Cause& cause =
        kCauses[static_cast<std::size_t>(call * 40 / calls_ + guest % 3) %
                std::size(kCauses)];
    end.ending = Exited{cause.status};
    std::string text = cause.before + std::to_string(chance % 90000) + cause.after + "\n";
    if (call == calls_ / 3) text += std::string(LargeJournal::kRareError) + "\n";
    end.err = {text, text.size(), false, 0};
    ++made_.failed;
  }
  end.elapsed_ns = 3'000'000 + chance % 4'000'000 * (chance % 1000 == 0 ? 50 : 1);
  end.at = {start.at.wall_ns + end.elapsed_ns, start.at.boot_ns + end.elapsed_ns};
  end.cpu_ns = 1'500'000 + chance % 900'000;
  end.max_rss_kib = 3300 + chance % 60;

  const std::int64_t tree = trees_[static_cast<std::size_t>(call * kTrees / calls_)];
  BlobStore& blobs = journal_.blobs();
  const std::string first_body =
      encode_start(start, KeptStream{xml, xml.size(), false, 0}, tree, &blobs);
  const std::int64_t run = journal_.note(kRunStarted, start.at, first_body);
  const std::string last_body = encode_end(end, {}, run, &blobs);
  const std::int64_t ended = journal_.note(kRunEnded, end.at, last_body);
  projection_.whole(run, decode_start(first_body, start.at.wall_ns, &blobs), ended,
                    decode_end(last_body, end.at.wall_ns));
}

LargeJournal Maker::make() {
  made_.calls = calls_;
  Database& db = journal_.database();
  db.exec("pragma synchronous = off; pragma cache_size = -65536");
  for (std::int64_t from = 0; from < calls_; from += kAtOnce) {
    Transaction transaction(db, Transaction::Kind::immediate);
    if (from == 0) keep_trees();
    for (std::int64_t call = from; call < std::min(from + kAtOnce, calls_); ++call)
      add(call);
    transaction.commit();
    journal_.checkpoint_if_long();
  }
  return made_;
}

}  // namespace

LargeJournal make_large_journal(const std::filesystem::path& file, std::int64_t calls) {
  create_or_migrate(file);
  return Maker(file, calls).make();
}
