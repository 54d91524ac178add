#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

// What a journal with one call of win11 answers.
CommandResult replay_of_one(Words words) {
  SampleJournal journal;
  journal.add("qemu", {"win11", "prepare", "begin", "-"});
  const ScratchDir scripts;
  words.insert(words.begin(), {"replay", "--journal", journal.file(), "--scripts",
                               scripts.path().native()});
  return run_command(run_replay, words);
}

TEST_CASE("an empty selection is exit 2 and says what there is", "[cli]") {
  const CommandResult result = replay_of_one({"--driver", "lxc", "--object",
                                              "no\x1b"
                                              "body",
                                              "--call", "7..9", "--last", "5"});
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err,
             ContainsSubstring("there is nothing to replay: no recorded call is like "
                               "--call 7..9 --driver lxc --object no\\x1bbody --last 5; "
                               "the journal holds 1 call, the newest of 2026-11-2"));
}

TEST_CASE("an empty journal is an empty selection", "[cli]") {
  const SampleJournal journal;
  const ScratchDir scripts;
  const CommandResult result = run_command(
      run_replay, {"replay", "--journal", journal.file(), "--scripts", scripts.path()});
  CHECK(result.status == 2);
  CHECK_THAT(result.err, ContainsSubstring("like every call; the journal holds no call"));
}

TEST_CASE("replay does without a sandbox only in full words", "[cli]") {
  const CommandResult result = replay_of_one({"--no-sandbox"});
  CHECK(result.status == 2);
  CHECK_THAT(result.err,
             ContainsSubstring("say --no-sandbox --for-real. Nothing was run"));
  CHECK(replay_of_one({"--for-real"}).status == 2);
}

TEST_CASE("options of replay that cannot be meant end with 2", "[cli]") {
  for (const Words& words :
       {Words{"--fail-on", "anything"}, Words{"--timeout", "soon"},
        Words{"--timeout", "1us"}, Words{"--slower-by", "5"}, Words{"--jobs", "0"},
        Words{"--ignore", "nonsense"}, Words{"--keep", "d"},
        Words{"--keep", "d", "--call", "1..2"}, Words{"--json", "--junit", "-"},
        Words{"--junit", "-", "--markdown", "-"}, Words{"--scripts", "/no/such/folder"},
        Words{"--baseline", "/no/such/folder"}}) {
    const CommandResult result = replay_of_one(words);
    INFO(words[0] << " " << result.err);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_FALSE(result.err.empty());
  }
}

TEST_CASE("replay needs scripts", "[cli]") {
  const CommandResult result = run_command(run_replay, {"replay"});
  CHECK(result.status == 2);
  CHECK_THAT(result.err, ContainsSubstring("--scripts is required"));
}

TEST_CASE("replay --help tells its options, exit statuses and an example", "[cli]") {
  const CommandResult result = run_command(run_replay, {"replay", "--help"});
  CHECK(result.status == 0);
  for (const char* part : {"--since", "--baseline", "--ignore", "--fail-on", "--junit",
                           "--markdown", "--keep", "--stubs", "--slower-by", "exit: 0",
                           "hookjournal replay --scripts ./hooks.new --since 7d"})
    CHECK_THAT(result.out, ContainsSubstring(part));
}

}  // namespace
}  // namespace hookjournal
