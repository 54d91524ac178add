#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

CommandResult accept(const SampleJournal& journal, Words words) {
  words.insert(words.begin(), {"accept", "--journal", journal.file()});
  return run_command(run_accept, words);
}

TEST_CASE("accept keeps a difference with who and why, and gives it back", "[cli]") {
  const SampleJournal journal;

  const CommandResult given =
      accept(journal, {"3f9a0c12d4e5", "--because", "the new bridge\x1b[2J"});
  const CommandResult listed = accept(journal, {"--list"});
  const CommandResult json = accept(journal, {"--list", "--json"});

  CHECK(given.status == 0);
  CHECK_THAT(listed.out, ContainsSubstring("FINGERPRINT   ACCEPTED"));
  CHECK_THAT(listed.out, ContainsSubstring("3f9a0c12d4e5  20"));
  CHECK_THAT(listed.out, ContainsSubstring("uid " + std::to_string(::getuid()) + ")"));
  CHECK_THAT(listed.out, ContainsSubstring("the new bridge\\x1b[2J\n"));
  const auto parsed = nlohmann::json::parse(json.out);
  CHECK(parsed["fingerprint"] == "3f9a0c12d4e5");
  CHECK(parsed["because"] == "the new bridge\x1b[2J");

  CHECK(accept(journal, {"--revoke", "3f9a0c12d4e5"}).status == 0);
  const CommandResult empty = accept(journal, {"--list"});
  CHECK(empty.out.empty());
  CHECK(empty.err == "hookjournal: no difference is accepted\n");
}

TEST_CASE("accept names the person behind sudo", "[cli]") {
  const SampleJournal journal;
  ::setenv("SUDO_USER", "alice", 1);
  accept(journal, {"3f9a0c12d4e5", "--because", "intended"});
  ::unsetenv("SUDO_USER");
  CHECK_THAT(accept(journal, {"--list"}).out,
             ContainsSubstring("alice (by sudo, uid " + std::to_string(::getuid())));
}

TEST_CASE("accept takes only whole requests", "[cli]") {
  const SampleJournal journal;
  for (const Words& words :
       {Words{}, Words{"3f9a0c12d4e5"}, Words{"3f9a0c12d4e5", "--because", " \t"},
        Words{"3f9a", "--because", "x"}, Words{"3F9A0C12D4E5", "--because", "x"},
        Words{"--list", "--revoke", "3f9a0c12d4e5"}, Words{"--json"},
        Words{"3f9a0c12d4e5", "--because", "x", "--list"},
        Words{"--revoke", "3f9a0c12d4e5"}, Words{"--revoke", "x"}}) {
    const CommandResult result = accept(journal, words);
    CHECK(result.status == 2);
    CHECK_FALSE(result.err.empty());
  }
  CHECK(accept(journal, {"--list"}).out.empty());
}

}  // namespace
}  // namespace hookjournal
