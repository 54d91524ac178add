// What a call costs on disk, indexes included, before and after `compact`: lifecycles of
// guests as a simulated libvirt makes them. The scripts are not run, only recorded.
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "journal/call_recorder.h"
#include "journal/journal.h"
#include "journal/keeping/compacting.h"
#include "journal/keeping/verify.h"
#include "replay/simulation/script_hooks.h"
#include "replay/simulation/simulation.h"

namespace fs = std::filesystem;
using namespace hookjournal;

namespace {

class QuietRunner : public ScriptRunner {
 public:
  ScriptResult run(const fs::path&, const HookCall& call,
                   const std::optional<std::string>& input) override {
    ++runs;
    bytes += input ? input->size() : 0;
    ScriptResult result;
    result.elapsed = std::chrono::nanoseconds(4'000'000 + runs * 7919 % 3'000'000);
    result.cpu = std::chrono::microseconds(1500 + runs * 31 % 900);
    result.max_rss_kib = 3300 + static_cast<std::uint64_t>(runs % 60);
    if (call.operation == "prepare" && runs % 50 == 0) {
      result.ending = Exited{1};
      result.err = "cannot set up bridge for run " + std::to_string(runs) + "\n";
    }
    return result;
  }
  std::int64_t runs = 0;
  std::uint64_t bytes = 0;
};

void measure(const fs::path& dir, const fs::path& corpus, std::int64_t guests,
             std::int64_t cycles) {
  fs::create_directories(dir / "hooks");
  std::ofstream(dir / "hooks/qemu") << "#!/bin/sh\n";
  ::chmod((dir / "hooks/qemu").c_str(), 0755);
  const fs::path file = dir / "journal/journal.db";
  create_or_migrate(file);
  QuietRunner runner;
  {
    const std::vector<std::string> environment = {"LC_ALL=C", "PATH=/usr/sbin:/usr/bin"};
    CallRecorder recorder({.journal = file,
                           .hooks_dir = dir / "hooks",
                           .environment = environment,
                           .origin = Origin::simulate,
                           .config = {},
                           .durable = false});
    ScriptHooks hooks(runner, recorder, environment, dir / "hooks", kNewestLibvirt);
    SimulatedLibvirt libvirt(hooks, {});
    SimulationPlan plan{.scenario = scenario_named("lifecycle"), .driver = "qemu"};
    plan.corpus = corpus;
    plan.guests = guests;
    plan.cycles = cycles;
    simulate(plan, {libvirt});
  }
  JournalWriter journal(file, std::chrono::seconds(30));
  journal.database().number("pragma wal_checkpoint(truncate)");
  const auto calls =
      static_cast<double>(journal.database().number("select count(*) from calls"));
  const double before = static_cast<double>(fs::file_size(file)) / calls;
  const auto began = std::chrono::steady_clock::now();
  compact(journal);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const double after = static_cast<double>(fs::file_size(file)) / calls;
  std::printf(
      "compact: %.0f calls, input %.0f bytes each; in the journal %.0f bytes a call, "
      "after "
      "compact %.0f (reach 1000, then 700); %.1f s\n",
      calls, static_cast<double>(runner.bytes) / calls, before, after, took.count());
  auto parts = journal.database().prepare(
      "select name, sum(pgsize) from dbstat group by 1 order by 2 desc limit 8");
  while (parts.next())
    std::printf("  %-36s %6.0f\n", parts.text(0).c_str(),
                static_cast<double>(parts.int64(1)) / calls);
  if (!verify(file, {}).sound()) std::printf("  NOT SOUND\n");
}

}  // namespace

// usage: compact_bench [DIR [CORPUS [GUESTS [CYCLES]]]]; CORPUS has qemu/*.xml.
int main(int argc, char** argv) {
  const fs::path dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") /
                       ("hookjournal-compact-bench." + std::to_string(::getpid()));
  int status = 0;
  try {
    measure(dir, argc > 2 ? argv[2] : "", argc > 3 ? std::atoi(argv[3]) : 100,
            argc > 4 ? std::atoi(argv[4]) : 20);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compact_bench: %s\n", error.what());
    status = 3;
  }
  fs::remove_all(dir);
  return status;
}
