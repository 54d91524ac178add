#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

CommandResult log(const SampleJournal& journal, Words words = {}) {
  words.insert(words.begin(), {"log", "--journal", journal.file()});
  return run_command(run_log, words);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// A start that the second script refused, then a release by hand.
void fill(SampleJournal& journal) {
  journal.add("qemu", {"win11", "start", "begin", "-"});
  auto second = run_start("qemu.d/10-x", {"win11", "start", "begin", "-"},
                          kSampleTime + kSecondNs / 50);
  journal.add(second, run_end(Exited{3}, second.at.wall_ns));
  auto by_hand =
      run_start("qemu", {"web", "release", "end", "shutdown"}, kSampleTime + kSecondNs);
  by_hand.origin = Origin::other;
  journal.add(by_hand, run_end(Signaled{9, false}, by_hand.at.wall_ns));
}

TEST_CASE("log lists calls in columns, the newest last", "[cli]") {
  SampleJournal journal;
  fill(journal);

  const CommandResult result = log(journal);
  const auto lines = lines_of(result.out);

  CHECK(result.status == 0);
  CHECK(result.err.empty());
  REQUIRE(lines.size() == 3);
  for (const char* heading : {"ID  TIME (", "DRIVER", "OBJECT", "OPERATION", "OUTCOME",
                              "CONSEQUENCE", "TOOK", "SCRIPTS"})
    CHECK_THAT(lines[0], ContainsSubstring(heading));
  CHECK_THAT(lines[1],
             ContainsSubstring("qemu    win11   start               failed   "
                               "start-refused  30.0ms  qemu, qemu.d/10-x (exit 3)"));
  CHECK_THAT(lines[2], ContainsSubstring("qemu    web     release (shutdown)  failed   "
                                         "(ignored)      10.0ms  qemu (signal 9)"));
}

TEST_CASE("a pipe gets no colour", "[cli]") {
  SampleJournal journal;
  fill(journal);
  CHECK(log(journal).out.find('\x1b') == std::string::npos);
}

TEST_CASE("each line of log --json is one call", "[cli]") {
  SampleJournal journal;
  fill(journal);

  const CommandResult result = log(journal, {"--json"});
  const auto lines = lines_of(result.out);

  CHECK(result.status == 0);
  REQUIRE(lines.size() == 2);
  const auto first = nlohmann::json::parse(lines[0]);
  CHECK(first["object"] == "win11");
  CHECK(first["consequence"] == "start-refused");
  CHECK(first["answer"]["exited"] == 3);
  CHECK(first["scripts"].size() == 2);
  CHECK(nlohmann::json::parse(lines[1])["origin"] == "other");
}

TEST_CASE("a guest's name cannot move the terminal of who lists it", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"evil\x1b[2J\xff\xe2\x80\xae", "prepare", "begin", "a\nb"});

  const std::string out = log(journal).out;

  CHECK_THAT(out, ContainsSubstring("evil\\x1b[2J\\xff\\u{202e}"));
  CHECK_THAT(out, ContainsSubstring("prepare (a\\x0ab)"));
  CHECK(lines_of(out).size() == 2);
}

TEST_CASE("a running call is marked, and what is not recorded is named", "[cli]") {
  SampleJournal journal;
  auto running = run_start("qemu", {"win11", "prepare", "begin", "-"});
  journal.writer().start(running, {});
  auto partial = run_start("qemu.d/10-x", {"web", "prepare", "begin", "-"});
  partial.planned = {"qemu", "qemu.d/10-x"};
  journal.add(partial, run_end(Exited{0}));

  const std::string out = log(journal).out;

  CHECK_THAT(out, ContainsSubstring("running"));
  CHECK_THAT(out, ContainsSubstring("qemu (running)"));
  CHECK_THAT(out, ContainsSubstring("qemu.d/10-x, qemu (not recorded)"));
}

TEST_CASE("an empty list says so, and is no failure", "[cli]") {
  SampleJournal journal;

  const CommandResult nothing = log(journal);
  CHECK(nothing.status == 0);
  CHECK(nothing.out.empty());
  CHECK(nothing.err == "hookjournal: no call is recorded yet\n");

  fill(journal);
  const CommandResult none = log(journal, {"--object", "nobody"});
  CHECK(none.status == 0);
  CHECK(none.out.empty());
  CHECK(none.err == "hookjournal: no recorded call is like that\n");
  CHECK(log(journal, {"--object", "nobody", "--json"}).err.empty());
}

TEST_CASE("wrong options end log with 2, a missing journal with 3", "[cli]") {
  SampleJournal journal;
  for (const Words& words :
       {Words{"--nonsense"}, Words{"--driver"}, Words{"extra"}, Words{"--outcome", "bad"},
        Words{"--last", "0"}, Words{"--since", "x"}}) {
    const CommandResult result = log(journal, words);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_FALSE(result.err.empty());
  }
  const CommandResult missing = run_command(run_log, {"log", "--journal", "/no/journal"});
  CHECK(missing.status == 3);
  CHECK_THAT(missing.err,
             ContainsSubstring("cannot open journal /no/journal: No such file"));
}

TEST_CASE("log --help tells the options and an example", "[cli]") {
  const CommandResult result = run_command(run_log, {"log", "--help"});

  CHECK(result.status == 0);
  for (const char* part : {"hookjournal log", "--since", "--slower-than", "--json",
                           "example:", "hookjournal log --outcome failed"})
    CHECK_THAT(result.out, ContainsSubstring(part));
}

TEST_CASE("a result that cannot be written is trouble", "[cli]") {
  SampleJournal journal;
  fill(journal);
  const int before = ::dup(1);
  const int full = ::open("/dev/full", O_WRONLY);
  ::dup2(full, 1);
  Words words{"log", "--journal", journal.file()};
  std::vector<char*> argv{words[0].data(), words[1].data(), words[2].data(), nullptr};

  std::string what;
  try {
    run_log(3, argv.data());
  } catch (const Error& error) {
    what = error.what();
  }
  ::dup2(before, 1);
  ::close(before);
  ::close(full);

  CHECK(what == "cannot write the result: No space left on device");
}

}  // namespace
}  // namespace hookjournal
