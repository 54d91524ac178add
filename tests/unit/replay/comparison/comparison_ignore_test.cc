#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;
using trial::command;
using trial::created;
using trial::Trial;

TEST_CASE("a user's rule leaves out what it names, and is counted", "[replay]") {
  struct Row {
    const char* rule;
    Trial it;
  };
  Trial out = Trial::of();
  out.candidate.runs[0].result.out = "debug 1\n";
  const Row rows[] = {
      {"stderr ^debug", Trial::of_err("a\n", "a\n", "a\ndebug: x\n")},
      {"stdout debug [0-9]+", out},
      {"files /var/log/*", Trial::of_files({}, {}, {created("/var/log/a/b", "x\n")})},
      {"commands logger *", Trial::of_commands({}, {}, {command({"logger", "hi"})})},
      {"network link veth*",
       Trial::of_network({}, {}, {{"link veth0", std::nullopt, "up"}})},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    Trial it = row.it;
    CHECK(it.judge().verdict == Verdict::changed);
    it.maskers.ignore = {row.rule};
    const CallVerdict verdict = it.judge();
    CHECK(verdict.verdict == Verdict::same);
    CHECK(trial::times(verdict.masks, std::string("ignore ") + row.rule) == 1);
  }
}

TEST_CASE("a rule that had nothing to hide is not counted", "[replay]") {
  Trial it = Trial::of_err("debug\na\n", "debug\na\n", "debug\nb\n");
  it.maskers.ignore = {"stderr debug", "stderr never"};
  const CallVerdict verdict = it.judge();
  CHECK(verdict.verdict == Verdict::changed);
  CHECK(verdict.masks.empty());
}

TEST_CASE("a rule for files names paths, not what is in them", "[replay]") {
  Trial it = Trial::of_files({created("/run/x", "/a\n")}, {created("/run/x", "/a\n")},
                             {created("/run/x", "/b\n")});
  it.maskers.ignore = {"files /b", "files /a"};
  CHECK(it.judge().verdict == Verdict::changed);
}

TEST_CASE("what is no rule is refused before anything runs", "[replay]") {
  for (const char* wrong : {"", "stderr", "stderr ", "answer x", "time *", "fils /x",
                            "stderr (", "stdout [z-a]"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(check_ignore_rule(wrong), UsageError);
  }
  for (const char* right :
       {"stderr ^a.*b$", "stdout x", "files /x/*", "commands a b", "network link *"})
    CHECK_NOTHROW(check_ignore_rule(right));
}
