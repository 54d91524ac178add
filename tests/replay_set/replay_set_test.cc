// Replays the set's calls against each of its edits and, many times, against unchanged
// scripts; prints how many breakages are reported and how often what is none. Linux,
// root.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include "tests/places.h"
#include "tests/replay_set/figures.h"
#include "tests/unit/temp_folder.h"

namespace fs = std::filesystem;
using namespace hookjournal::replay_set;

namespace {

constexpr double kLeastRecall = 95.0;    // per cent of breakages
constexpr double kMostFalseLeaks = 0.5;  // per cent of lifecycles
constexpr std::int64_t kFewestFixtures = 40, kFewestBreakages = 200;

struct Options {
  std::string fixture;  // only this one; empty: all
  int repetitions = 50;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
};

Options options_of(int argc, char** argv) {
  Options options;
  if (argc % 2 == 0)
    throw std::runtime_error("usage: [--fixture NAME] [--repetitions N] [--jobs N]");
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--fixture")
      options.fixture = argv[i + 1];
    else if (name == "--repetitions")
      options.repetitions = std::stoi(argv[i + 1]);
    else if (name == "--jobs")
      options.jobs = static_cast<unsigned>(std::stoul(argv[i + 1]));
    else
      throw std::runtime_error("unknown option " + std::string(name));
  }
  return options;
}

int measure_into(const fs::path& folder, int repetitions, const fs::path& file) {
  Figures figures;
  int status = 0;
  const std::string name = folder.filename();
  const auto began = std::chrono::steady_clock::now();
  try {
    figures = measure(fixture_of(folder), repetitions);
  } catch (const std::exception& error) {
    figures.findings.push_back("failed: " + name + ": " + error.what());
    status = 1;
  }
  std::ofstream(file) << to_text(figures);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::fprintf(stderr, "%-28s %5.1f s\n", name.c_str(), took.count());
  return status;
}

// Each fixture in a process of its own, so many at a time: what makes sandboxes forks,
// and must not while there are threads.
class Processes {
 public:
  Processes(const Options& options, fs::path results)
      : options_(options), results_(std::move(results)) {}

  void start(const fs::path& folder) {
    if (running_.size() >= options_.jobs) await();
    std::fflush(nullptr);
    const fs::path file = results_ / folder.filename();
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("cannot fork");
    if (pid == 0) {
      const int status = measure_into(folder, options_.repetitions, file);
      std::fflush(nullptr);
      ::_exit(status);
    }
    running_[pid] = file;
  }

  Figures finish() {
    while (!running_.empty()) await();
    return all_;
  }
  bool failed() const { return failed_; }

 private:
  void await() {
    int status = 0;
    const pid_t pid = ::wait(&status);
    const auto ended = running_.find(pid);
    if (ended == running_.end()) throw std::runtime_error("a child is lost");
    if (status != 0) failed_ = true;
    std::string text;
    std::ifstream file(ended->second);
    if (std::getline(file, text))
      all_.add(figures_of_text(text));
    else
      all_.findings.push_back("died: " + ended->second.filename().string());
    running_.erase(ended);
  }

  const Options& options_;
  fs::path results_;
  std::map<pid_t, fs::path> running_;
  Figures all_;
  bool failed_ = false;
};

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void print(const char* what, std::int64_t part, std::int64_t whole) {
  std::printf("%-50s %6lld of %6lld  %6.2f %%\n", what, static_cast<long long>(part),
              static_cast<long long>(whole), share(part, whole));
}

void print(const Figures& figures, int repetitions) {
  for (const std::string& finding : figures.findings)
    std::printf("%s\n", finding.c_str());
  std::printf(
      "\n%lld fixtures, %lld breakages, %lld harmless edits, unchanged %d times\n",
      static_cast<long long>(figures.fixtures), static_cast<long long>(figures.breakages),
      static_cast<long long>(figures.harmless), repetitions);
  print("breakages reported as changed (recall, at least 95)", figures.reported,
        figures.breakages);
  print("  others, as a leak alone", figures.only_as_leak, figures.breakages);
  const std::int64_t told = figures.reported + figures.only_as_leak;
  print("  of both, with a field that was expected", figures.with_field, told);
  print("  of both, with the consequence that was expected", figures.with_consequence,
        told);
  print("harmless edits reported (none)", figures.harmless_reported, figures.harmless);
  print("calls of unchanged scripts changed (none)", figures.false_alarms,
        figures.unchanged_calls);
  print("  inconclusive (none)", figures.inconclusive, figures.unchanged_calls);
  print("  their lifecycles with a leak (at most 0.5)", figures.false_leaks,
        figures.unchanged_lives);
}

bool good(const Figures& figures, const Options& options) {
  const bool enough = !options.fixture.empty() || (figures.fixtures >= kFewestFixtures &&
                                                   figures.breakages >= kFewestBreakages);
  // Who is told must be told right.
  const std::int64_t told = figures.reported + figures.only_as_leak;
  return enough && share(figures.reported, figures.breakages) >= kLeastRecall &&
         figures.with_field == told && figures.with_consequence == told &&
         figures.harmless_reported == 0 && figures.unchanged_calls > 0 &&
         figures.inconclusive == 0 && figures.false_alarms == 0 &&
         share(figures.false_leaks, figures.unchanged_lives) <= kMostFalseLeaks;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = options_of(argc, argv);
    const TempFolder results;
    Processes processes(options, results.path());
    for (const fs::path& folder :
         fixture_folders(hookjournal::test::in_sources("tests/replay_set")))
      if (options.fixture.empty() || folder.filename() == options.fixture)
        processes.start(folder);
    const Figures figures = processes.finish();
    print(figures, options.repetitions);
    return good(figures, options) && !processes.failed() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "replay_set_test: %s\n", error.what());
    return 3;
  }
}
