// What recording adds to one run of a /bin/sh hook, against the same script run directly,
// under a bash wrapper that keeps the same, and against the floor. All in one run, taking
// turns, so that a noisy machine is noisy for all of them. Then many at once.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "engine/config.h"
#include "engine/error.h"
#include "journal/journal.h"
#include "tests/bench/measured_child.h"
#include "tests/places.h"

namespace fs = std::filesystem;
using hookjournal::Error;

namespace {

constexpr int kRounds = 400;
constexpr int kAtOnce = 64;

void write_file(const fs::path& path, const std::string& text, mode_t mode = 0755) {
  std::ofstream(path, std::ios::binary) << text;
  ::chmod(path.c_str(), mode);
}

// A guest's XML of about 4 KiB.
std::string guest_xml() {
  std::string xml =
      "<domain type='kvm' id='7'>\n  <name>bench</name>\n"
      "  <uuid>6b0b3f52-9a4c-4a39-8d8e-6c0d6f2f5a11</uuid>\n  <devices>\n";
  for (int i = 0; xml.size() < 4000; ++i)
    xml += "    <disk type='file' device='disk'><target dev='vd" + std::to_string(i) +
           "' bus='virtio'/></disk>\n";
  return xml + "  </devices>\n</domain>\n";
}

struct Figures {
  std::string name;
  std::vector<double> ms;
  double at(double share) {
    std::ranges::sort(ms);
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  }
};

// What an administrator would write: arguments, input, outputs, status and times of the
// real script into a file a day, durable.
std::string bash_wrapper(const fs::path& script, const fs::path& log) {
  return "#!/bin/bash\n"
         "dir=$(mktemp -d)\n"
         "cat >\"$dir/in\"\n"
         "began=$(date +%s.%N)\n" +
         script.string() +
         " \"$@\" <\"$dir/in\" >\"$dir/out\" 2>\"$dir/err\"\n"
         "status=$?\n"
         "{ echo \"$began $(date +%s.%N) $0 $* status $status\"\n"
         "  sha256sum " +
         script.string() + "; cat \"$dir/in\" \"$dir/out\" \"$dir/err\"; } >>" +
         log.string() +
         "\n"
         "sync -d " +
         log.string() +
         "\n"
         "cat \"$dir/out\"; cat \"$dir/err\" >&2\n"
         "rm -r \"$dir\"\n"
         "exit $status\n";
}

struct Scene {
  fs::path direct, recorded, disabled, wrapped, floor, floor_log, journal;
};

Scene set_the_scene(const fs::path& dir, const std::string& hook,
                    const std::string& floor) {
  const std::string script = "read line\necho \"$1 $2\"\nexit 0\n";
  Scene scene;
  fs::create_directories(dir / "direct");
  fs::create_directories(dir / "recorded/hookjournal");
  fs::create_directories(dir / "disabled/hookjournal");
  scene.direct = dir / "direct/qemu";
  scene.recorded = dir / "recorded/qemu";
  scene.disabled = dir / "disabled/qemu";
  scene.wrapped = dir / "wrapped";
  scene.floor = floor;
  scene.floor_log = dir / "floor.log";
  scene.journal = dir / "journal/journal.db";
  write_file(scene.direct, "#!/bin/sh\n" + script);
  write_file(scene.recorded, "#!" + hook + " /bin/sh\n" + script);
  write_file(scene.disabled, "#!" + hook + " /bin/sh\n" + script);
  write_file(hookjournal::disabled_path(dir / "disabled"), "");
  write_file(scene.wrapped, bash_wrapper(scene.direct, dir / "wrapper.log"));
  write_file(dir / "wrapper.log", "", 0600);
  write_file(scene.floor_log, "", 0600);
  hookjournal::Config config;
  config.journal = scene.journal;
  config.spool = dir / "spool";
  write_file(hookjournal::config_path(dir / "recorded"), hookjournal::config_text(config),
             0600);
  hookjournal::create_or_migrate(scene.journal);
  return scene;
}

void measure(const std::vector<std::string>& argv, const std::string& input,
             Figures& figures) {
  const MeasuredRun run = run_measured(argv, input);
  if (run.status != 0) throw Error(argv[0] + " failed");
  figures.ms.push_back(run.ms);
}

std::vector<std::string> call(const fs::path& program) {
  return {program, "bench", "prepare", "begin", "-"};
}

void print(Figures& figures, double direct_p50, double recorded_added) {
  const double added = figures.at(0.5) - direct_p50;
  std::printf("%-34s %8.2f %8.2f %8.2f   %+7.2f", figures.name.c_str(), figures.at(0.5),
              figures.at(0.9), figures.at(0.99), added);
  if (recorded_added > 0 && added > 0) std::printf("  %5.2f", recorded_added / added);
  std::printf("\n");
}

void one_at_a_time(const Scene& scene) {
  const std::string input = guest_xml();
  Figures direct{"direct /bin/sh script", {}}, recorded{"recorded, durable", {}},
      disabled{"recording switched off", {}},
      wrapped{"bash wrapper that logs the same", {}},
      floor{"floor: static exec + fdatasync", {}};
  for (int i = 0; i < kRounds + 10; ++i) {
    if (i == 10)
      for (Figures* figures : {&direct, &recorded, &disabled, &wrapped, &floor})
        figures->ms.clear();
    measure(call(scene.direct), input, direct);
    measure(call(scene.recorded), input, recorded);
    measure(call(scene.disabled), input, disabled);
    if (i % 4 == 0) measure(call(scene.wrapped), input, wrapped);
    measure({scene.floor, scene.floor_log}, input, floor);
  }
  const double base = direct.at(0.5), added = recorded.at(0.5) - base;
  std::printf(
      "one hook at a time, %d rounds, ms   p50      p90      p99     added   ratio\n",
      kRounds);
  print(direct, base, 0);
  print(recorded, base, added);
  print(disabled, base, 0);
  print(wrapped, base, added);
  print(floor, 0, added);
  std::printf(
      "added p50 %.2f ms (reach 2.2), %.2f of the wrapper's (reach 0.25), "
      "%.2f x the floor (reach 2); to start the recorder alone: %.2f ms (reach 1)\n\n",
      added, added / (wrapped.at(0.5) - base), added / floor.at(0.5),
      disabled.at(0.5) - base);
}

void many_at_once(const Scene& scene) {
  const std::string input = guest_xml();
  hookjournal::JournalReader reader(scene.journal);
  const auto before = reader.figures().runs;
  Figures direct{"64 direct", {}}, recorded{"64 recorded", {}};
  for (int round = 0; round < 6; ++round)
    for (Figures* figures : {&direct, &recorded}) {
      const fs::path& program = figures == &direct ? scene.direct : scene.recorded;
      std::vector<double> ms(kAtOnce);
      std::vector<std::thread> threads;
      for (int i = 0; i < kAtOnce; ++i)
        threads.emplace_back([&, i] {
          ms[static_cast<std::size_t>(i)] =
              run_measured(
                  {program, "guest" + std::to_string(i), "prepare", "begin", "-"}, input)
                  .ms;
        });
      for (std::thread& thread : threads) thread.join();
      figures->ms.insert(figures->ms.end(), ms.begin(), ms.end());
    }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  std::printf("%d hooks at once, ms                p50      p90      p99     added\n",
              kAtOnce);
  print(direct, direct.at(0.5), 0);
  print(recorded, direct.at(0.5), 0);
  std::printf(
      "added p99 %.1f ms (bounded by the deadline, 500); recorded in the journal %lld of "
      "%d\n",
      recorded.at(0.99) - direct.at(0.99),
      static_cast<long long>(reader.figures().runs - before), 6 * kAtOnce);
}

// The recorder knows its caller by the name of its program, and looks further for who is
// behind a call that no daemon of libvirt's makes. Returns when it runs under that name.
void become_libvirtd(const fs::path& dir, char** argv) {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  if (self.filename() == "libvirtd") return;
  const fs::path named = dir / "libvirtd";
  fs::copy_file(self, named);
  ::execv(named.c_str(), argv);
  throw Error("cannot run " + named.string());
}

}  // namespace

// usage: hook_bench [DIR]: the journal is put there, for its disk is what is measured.
int main(int argc, char** argv) {
  const fs::path dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") /
                       ("hookjournal-bench." + std::to_string(::getpid()));
  int status = 0;
  try {
    fs::create_directories(dir);
    become_libvirtd(dir, argv);
    const Scene scene =
        set_the_scene(dir, hookjournal::test::hook_program(),
                      hookjournal::test::in_build("tests/bench/bench_floor"));
    one_at_a_time(scene);
    many_at_once(scene);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hook_bench: %s\n", error.what());
    status = 3;
  }
  fs::remove_all(dir);
  return status;
}
