// What asking a large journal costs: the built program as a child, on a journal of a
// million calls, each question with how long it took, the memory it took, and the reach.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "journal/database.h"
#include "journal/journal_writer.h"
#include "journal/keeping/chain_check.h"
#include "journal/keeping/compacting.h"
#include "tests/bench/large_journal.h"
#include "tests/bench/measured_child.h"
#include "tests/places.h"

namespace fs = std::filesystem;
using namespace hookjournal;

namespace {

constexpr int kRounds = 3;
constexpr double kMostMemory = 200;  // MiB

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void print_sizes(const fs::path& file, std::int64_t calls) {
  Database db(file, Database::Mode::read, std::chrono::seconds(5));
  const auto bytes = [&db, calls](const char* which) {
    const std::string sql = std::string("select sum(pgsize) from dbstat where ") + which;
    return static_cast<double>(db.number(sql.c_str())) / static_cast<double>(calls);
  };
  std::printf("  %.0f bytes a call, search index apart (reach 1000, then 700): %.1f\n",
              bytes("name <> 'search_blocks'"), bytes("name = 'search_blocks'"));
}

void make(const fs::path& file, std::int64_t calls) {
  auto began = std::chrono::steady_clock::now();
  const LargeJournal made = make_large_journal(file, calls);
  std::printf("asking: %lld calls of 200 guests, %lld failed; made in %.0f s",
              static_cast<long long>(made.calls), static_cast<long long>(made.failed),
              seconds_since(began));
  std::fflush(stdout);
  began = std::chrono::steady_clock::now();
  JournalWriter journal(file, std::chrono::seconds(5));
  compact(journal);
  std::printf(", compacted in %.0f s\n", seconds_since(began));
  print_sizes(file, made.calls);
}

// A program that is started is said to have had as much memory as who started it.
void make_in_a_child(const fs::path& file, std::int64_t calls) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    int status = 0;
    try {
      make(file, calls);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "asking_bench: %s\n", error.what());
      status = 3;
    }
    std::fflush(stdout);
    ::_exit(status);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0)
    throw std::runtime_error("no journal was made");
}

std::int64_t last_failed_call(const fs::path& file) {
  Database db(file, Database::Mode::read, std::chrono::seconds(5));
  return db.number("select max(id) from calls where outcome = 1");
}

// The best of some rounds: other processes disturb, none helps.
void ask(const fs::path& file, const char* title, std::vector<std::string> words,
         double reach_ms) {
  words.insert(words.begin(), test::hookjournal_program());
  words.insert(words.end(), {"--journal", file.string()});
  MeasuredRun best;
  long most_memory = 0;
  for (int round = 0; round < kRounds; ++round) {
    const MeasuredRun run = run_measured(words, "");
    if (run.status != 0 && run.status != 1 << 8)
      throw std::runtime_error(std::string(title) + " failed: " + run.out);
    if (round == 0 || run.ms < best.ms) best = run;
    most_memory = std::max(most_memory, run.max_rss_kib);
  }
  const double memory = static_cast<double>(most_memory) / 1024;
  std::printf(
      "  %-36s %7.0f ms (reach %4.0f%s), cpu %7.0f ms, %5.1f MiB (reach %.0f%s), "
      "%zu lines\n",
      title, best.ms, reach_ms, best.ms > reach_ms ? ", MISSED" : "", best.cpu_ms, memory,
      kMostMemory, memory > kMostMemory ? ", MISSED" : "",
      static_cast<std::size_t>(std::ranges::count(best.out, '\n')));
  std::fflush(stdout);  // each takes a while
}

void verify_chain(const fs::path& file) {
  Database db(file, Database::Mode::read, std::chrono::seconds(5));
  const auto began = std::chrono::steady_clock::now();
  const ChainReport chain = check_chain(db);
  const double rate = static_cast<double>(chain.events) / seconds_since(began);
  std::printf("  %-36s %7.0f events/s (reach 300000%s)\n", "verify, events and chain",
              rate, rate < 300'000 ? ", MISSED" : "");
}

void measure(const fs::path& file, std::int64_t calls) {
  make_in_a_child(file, calls);
  const std::string failed = std::to_string(last_failed_call(file));
  ask(file, "log --object X --last 20",
      {"log", "--object", LargeJournal::kObject, "--last", "20"}, 50);
  ask(file, "show", {"show", failed}, 50);
  ask(file, "failures", {"failures"}, 1000);
  ask(file, "stats", {"stats"}, 1000);
  ask(file, "log --grep, a rare word of an input",
      {"log", "--grep", LargeJournal::kRareInput}, 1000);
  ask(file, "log --grep, rare words of errors",
      {"log", "--grep", LargeJournal::kRareError}, 1000);
  ask(file, "log --grep, nothing like it", {"log", "--grep", "no such word"}, 1000);
  ask(file, "log --grep, in every call, --last 20",
      {"log", "--grep", "interface", "--last", "20"}, 1000);
  ask(file, "explain", {"explain", failed}, 1000);
  ask(file, "timeline --object X", {"timeline", "--object", LargeJournal::kObject}, 1000);
  ask(file, "verify, blobs and all", {"verify"}, 60'000);
  verify_chain(file);  // last, for what it makes this process take
}

}  // namespace

// usage: asking_bench [DIR [CALLS]]
int main(int argc, char** argv) {
  const fs::path dir = fs::path(argc > 1 ? argv[1] : "/var/tmp") /
                       ("hookjournal-asking-bench." + std::to_string(::getpid()));
  int status = 0;
  try {
    measure(dir / "journal/journal.db", argc > 2 ? std::atoll(argv[2]) : 1'000'000);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "asking_bench: %s\n", error.what());
    status = 3;
  }
  fs::remove_all(dir);
  return status;
}
