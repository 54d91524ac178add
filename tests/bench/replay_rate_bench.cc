// A whole replay, as a user starts it: recorded calls in three legs, of two sizes, for
// its memory must not grow with them. All cores.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "tests/places.h"

namespace fs = std::filesystem;
using namespace hookjournal;

namespace {

constexpr int kGuests = 20, kCallsOfLifecycle = 5;
constexpr int kCyclesFew = 1, kCyclesMany = 10;
constexpr int kScaledTo = 10'000;

std::string script(const std::string& folder) {
  return "#!/bin/sh\n"
         "case $2 in\n"
         "prepare) echo \"$3\" >\"" +
         folder +
         "/$1\" ;;\n"
         "release) rm -f \"" +
         folder +
         "/$1\" ;;\n"
         "esac\n";
}

struct Figures {
  double seconds = 0;
  double peak_mib = 0;  // of the largest of its processes
};

Figures run_quietly(std::vector<std::string> words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  const auto began = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int failure =
      ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage used{};
  if (failure != 0 || ::wait4(child, &status, 0, &used) != child || status != 0)
    throw Error(words[0] + " " + words[1] + " failed");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return {took.count(), static_cast<double>(used.ru_maxrss) / 1024};
}

double bench(const fs::path& dir, int cycles) {
  const std::string hooks = dir / "hooks";
  const std::string journal = dir / (std::to_string(cycles) + ".db");
  run_quietly({test::hookjournal_program(), "simulate", "lifecycle", "--for-real",
               "--scripts", hooks, "--journal", journal, "--guests",
               std::to_string(kGuests), "--cycles", std::to_string(cycles)});
  const Figures whole = run_quietly({test::hookjournal_program(), "replay", "--scripts",
                                     hooks, "--journal", journal, "--full-speed"});
  const int calls = kGuests * cycles * kCallsOfLifecycle;
  std::printf("%6d calls x 3 legs: %7.1f s, %5.0f calls a second, peak %.1f MiB\n", calls,
              whole.seconds, calls / whole.seconds, whole.peak_mib);
  return whole.seconds / calls;
}

}  // namespace

// usage: replay_rate_bench [DIR [CYCLES]]: the journals are made there; 100 cycles of the
// larger size are 10,000 calls.
int main(int argc, char** argv) {
  const fs::path dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") /
                       ("hookjournal-rate-bench." + std::to_string(::getpid()));
  int status = 0;
  try {
    fs::create_directories(dir / "hooks");
    fs::create_directories(dir / "guests");
    std::ofstream(dir / "hooks/qemu") << script(dir / "guests");
    ::chmod((dir / "hooks/qemu").c_str(), 0755);
    bench(dir, kCyclesFew);
    const double seconds = bench(dir, argc > 2 ? std::atoi(argv[2]) : kCyclesMany);
    std::printf("that makes %d calls in %.1f minutes\n", kScaledTo,
                seconds * kScaledTo / 60);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "replay_rate_bench: %s\n", error.what());
    status = 3;
  }
  fs::remove_all(dir);
  return status;
}
