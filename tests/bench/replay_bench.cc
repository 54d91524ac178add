// What a sandbox costs in which the effects of a hook are observed, against the same
// script run bare, under bubblewrap, and against the floor. All in one run on one core,
// taking turns, so that a noisy machine is noisy for all of them.
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "replay/sandbox/sandbox.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "tests/bench/measured_child.h"
#include "tests/places.h"

namespace fs = std::filesystem;
using namespace hookjournal;

namespace {

constexpr int kRounds = 20;
constexpr int kCallsEachRound = 15;
constexpr int kCallsOfLifecycle = 5;

double milliseconds_of(const std::function<void()>& act) {
  const auto began = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() -
                                                   began)
      .count();
}

// One way to run a script, and what it took.
struct Way {
  std::string name;
  // Runs it some times and adds each one's milliseconds.
  std::function<void(std::vector<double>&)> run;
  std::string absent;  // why it cannot be measured
  std::vector<double> ms;
  double whole_ms = 0;  // of all rounds: what ends later than its call counts, too

  double at(double share) {
    std::ranges::sort(ms);
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  }
  double calls_a_second() const {
    return 1000 * static_cast<double>(ms.size()) / whole_ms;
  }
};

struct Scene {
  fs::path script, input_file;
  std::string input;
  ScriptsTree tree;
  SandboxMaker& maker;
};

std::vector<std::string> arguments(const fs::path& script) {
  return {script, "bench", "prepare", "begin", "-"};
}

void run_directly(std::vector<std::string> argv, const Scene& scene,
                  std::vector<double>& ms) {
  for (int i = 0; i < kCallsEachRound; ++i) {
    const MeasuredRun run = run_measured(argv, scene.input);
    if (run.status != 0) throw Error(argv[0] + " failed");
    ms.push_back(run.ms);
  }
}

void run_under_floor(const Scene& scene, std::vector<double>& ms) {
  std::vector<std::string> argv = {test::in_build("tests/bench/sandbox_floor"),
                                   std::to_string(kCallsEachRound), scene.input_file};
  for (const std::string& word : arguments(scene.script)) argv.push_back(word);
  const MeasuredRun run = run_measured(argv, "");
  if (run.status != 0) throw Error("sandbox_floor failed");
  std::istringstream lines(run.out);
  for (double ns; lines >> ns;) ms.push_back(ns / 1e6);
}

void run_call(Sandbox& sandbox, const Scene& scene) {
  const ObservedRun seen = sandbox.run(
      {.script = "qemu",
       .call = {.driver = "qemu",
                .object = "bench",
                .operation = "prepare",
                .suboperation = "begin"},
       .input = scene.input,
       .environment = {"LC_ALL=C",
                       "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
                       "/bin"}});
  const auto* exited = std::get_if<Exited>(&seen.result.ending);
  if (exited == nullptr || exited->code != 0)
    throw Error("the sandboxed script failed: " + seen.result.err);
}

// So many calls in each sandbox, whose making and end are their share.
void run_sandboxed(const Scene& scene, int calls, std::vector<double>& ms) {
  for (int done = 0; done < kCallsEachRound; done += calls) {
    const double whole = milliseconds_of([&] {
      const auto sandbox =
          scene.maker.open({.hooks_dir = "/etc/libvirt/hooks", .tree = &scene.tree});
      for (int i = 0; i < calls; ++i) run_call(*sandbox, scene);
    });
    ms.insert(ms.end(), static_cast<std::size_t>(calls), whole / calls);
  }
}

std::vector<Way> ways(const Scene& scene) {
  const std::string bwrap = "/usr/bin/bwrap";
  std::vector<std::string> under_bwrap = {bwrap, "--unshare-all", "--dev-bind", "/", "/"};
  for (const std::string& word : arguments(scene.script)) under_bwrap.push_back(word);
  std::vector<Way> ways(5);
  ways[0].name = "bare: fork and exec";
  ways[0].run = [&](auto& ms) { run_directly(arguments(scene.script), scene, ms); };
  ways[1].name = "floor: unshare + overlay + exec";
  ways[1].run = [&](auto& ms) { run_under_floor(scene, ms); };
  ways[2].name = "bwrap --unshare-all";
  ways[2].run = [&, under_bwrap](auto& ms) { run_directly(under_bwrap, scene, ms); };
  if (!fs::exists(bwrap)) ways[2].absent = "not installed (package bubblewrap)";
  ways[3].name = "sandboxed, observed, each alone";
  ways[3].run = [&](auto& ms) { run_sandboxed(scene, 1, ms); };
  ways[4].name = "  five calls in one sandbox";
  ways[4].run = [&](auto& ms) { run_sandboxed(scene, kCallsOfLifecycle, ms); };
  return ways;
}

void measure(std::vector<Way>& ways) {
  for (int round = -1; round < kRounds; ++round)
    for (Way& way : ways) {
      if (!way.absent.empty()) continue;
      way.whole_ms += milliseconds_of([&] { way.run(way.ms); });
      if (round >= 0) continue;  // the first one warms the caches
      way.ms.clear();
      way.whole_ms = 0;
    }
}

void print(std::vector<Way>& ways, const std::string& title) {
  std::printf("%-34s %8s %8s %8s   %6s %6s %6s\n", title.c_str(), "p50 ms", "p90 ms",
              "calls/s", "x bare", "floor", "bwrap");
  for (Way& way : ways) {
    if (!way.absent.empty()) {
      std::printf("%-34s %s\n", way.name.c_str(), way.absent.c_str());
      continue;
    }
    std::printf("%-34s %8.2f %8.2f %8.0f  ", way.name.c_str(), way.at(0.5), way.at(0.9),
                way.calls_a_second());
    for (std::size_t other = 0; other < 3; ++other)
      if (ways[other].absent.empty())
        std::printf(" %6.2f", way.calls_a_second() / ways[other].calls_a_second());
      else
        std::printf(" %6s", "-");
    std::printf("\n");
  }
  // A replay's calls are in lifecycles, of five calls when a guest starts and stops.
  for (const std::size_t way : {4U, 3U}) {
    std::printf("%s: p50 %.2f ms (reach 6)",
                way == 4 ? "in lifecycles, as a replay runs them" : "each call alone",
                ways[way].at(0.5));
    if (ways[2].absent.empty())
      std::printf(", %.1f times bwrap's calls a second (reach 2)",
                  ways[way].calls_a_second() / ways[2].calls_a_second());
    std::printf("\n");
  }
  std::printf("\n");
}

std::string guest_xml() {
  std::string xml = "<domain type='kvm' id='7'>\n  <name>bench</name>\n  <devices>\n";
  for (int i = 0; xml.size() < 4000; ++i)
    xml += "    <disk type='file' device='disk'><target dev='vd" + std::to_string(i) +
           "' bus='virtio'/></disk>\n";
  return xml + "  </devices>\n</domain>\n";
}

void bench(const fs::path& dir, SandboxMaker& maker, const std::string& title,
           const std::string& script) {
  const std::string text = "#!/bin/sh\n" + script;
  Scene scene{.script = dir / "qemu",
              .input_file = dir / "guest.xml",
              .input = guest_xml(),
              .tree = {.id = title, .files = {{"qemu", 0755, text}}, .missing = {}},
              .maker = maker};
  std::ofstream(scene.script) << text;
  std::ofstream(scene.input_file) << scene.input;
  ::chmod(scene.script.c_str(), 0755);
  std::vector<Way> compared = ways(scene);
  measure(compared);
  print(compared, title);
}

void stay_on_one_core() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0)
    throw Error(with_errno("cannot stay on one core", errno));
}

}  // namespace

// usage: replay_bench [DIR]: the scripts are put there.
int main(int argc, char** argv) {
  const fs::path dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") /
                       ("hookjournal-replay-bench." + std::to_string(::getpid()));
  int status = 0;
  try {
    fs::create_directories(dir);
    stay_on_one_core();
    const std::string state = dir / "state";
    // As a replay has them.
    SandboxSettings settings;
    settings.sandbox_program = test::sandbox_program();
    settings.stand_in_program = test::stand_in_program();
    settings.stand_ins = std::make_shared<const StandInRules>(default_stand_ins());
    settings.path_variable =
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const auto maker = make_sandbox_maker(settings);
    std::printf("one core, %d calls each way; columns x: calls a second against it\n\n",
                kRounds * kCallsEachRound);
    bench(dir, *maker, "/bin/sh hook, no commands",
          "read -r line\n"
          "case \"$2/$3\" in prepare/begin) echo \"$1\" >" +
              state + " ;; esac\n");
    bench(dir, *maker, "/bin/sh hook, five commands",
          "xml=$(cat)\n"
          "here=$(dirname \"$0\")\n"
          "disks=$(echo \"$xml\" | grep -c '<disk')\n"
          "mkdir -p " +
              state +
              ".d\n"
              "echo \"$here $disks\" | sed s/a/b/ >" +
              state + ".d/\"$1\"\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "replay_bench: %s\n", error.what());
    status = 3;
  }
  fs::remove_all(dir);
  return status;
}
