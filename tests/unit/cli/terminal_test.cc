// What a terminal gets of the commands: a pseudo terminal stands in for one.
#include <algorithm>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/pseudo_terminal.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Catch::Matchers::StartsWith;

// Runs a command whose stdout is a terminal of that size.
CommandResult on_terminal(CommandFunction command, const Words& words,
                          PseudoTerminal::Size size = {}) {
  const PseudoTerminal terminal(size);
  CommandResult result = run_command(command, words, terminal.open());
  result.out = terminal.written();
  return result;
}

std::int64_t fill(SampleJournal& journal, int calls) {
  auto end = run_end(Exited{3});
  end.err = kept("\x1b[31mred\xc3\xa4\n");
  std::int64_t last = 0;
  for (int i = 0; i < calls; ++i)
    last = journal.add(
        run_start("qemu", {"g", "prepare", "begin", "-"}, kSampleTime + i * kSecondNs),
        end);
  return last;
}

TEST_CASE("a terminal gets colour, unless somebody does not want it", "[cli]") {
  const PlainEnvironment environment;
  SampleJournal journal;
  fill(journal, 1);
  const Words words{"log", "--journal", journal.file()};

  CHECK_THAT(on_terminal(run_log, words).out, ContainsSubstring("\x1b[31mfailed\x1b[0m"));
  SECTION("by NO_COLOR") {
    const Variable no_colour("NO_COLOR", "1");
    CHECK(on_terminal(run_log, words).out.find('\x1b') == std::string::npos);
  }
  SECTION("as the terminal is dumb") {
    const Variable dumb("TERM", "dumb");
    CHECK(on_terminal(run_log, words).out.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("a plain log on a terminal fits its screen and says what it left out",
          "[cli]") {
  const PlainEnvironment environment;
  SampleJournal journal;
  fill(journal, 10);
  const Words words{"log", "--journal", journal.file()};

  const CommandResult short_screen = on_terminal(run_log, words, {.rows = 10});
  CHECK(std::ranges::count(short_screen.out, '\n') == 7);  // six calls and the headings
  CHECK(short_screen.err ==
        "hookjournal: 4 earlier calls left out; --last N or --last all shows more\n");
  CHECK_THAT(short_screen.out, ContainsSubstring("\n19  "));  // the newest

  const CommandResult asked = on_terminal(
      run_log, {"log", "--journal", journal.file(), "--last", "all"}, {.rows = 10});
  CHECK(std::ranges::count(asked.out, '\n') == 11);
  CHECK(asked.err.empty());
  CHECK(on_terminal(run_log, words, {.rows = 40}).err.empty());
}

TEST_CASE("a long list of scripts is cut at the terminal's edge", "[cli]") {
  const PlainEnvironment environment;
  const Variable no_colour("NO_COLOR", "1");
  SampleJournal journal;
  journal.add("qemu.d/" + std::string(200, 'x'), {"g", "prepare", "begin", "-"});

  const std::string out = on_terminal(run_log, {"log", "--journal", journal.file()}).out;

  const std::string row = out.substr(out.find('\n') + 1);
  CHECK(row.size() == 121);  // with its newline
  CHECK_THAT(row, Catch::Matchers::EndsWith("xxx...\n"));
}

TEST_CASE("cat on a terminal shows controls as digits, unless told not to", "[cli]") {
  const PlainEnvironment environment;
  SampleJournal journal;
  const std::string id = std::to_string(fill(journal, 1));

  CHECK(on_terminal(run_cat, {"cat", "--journal", journal.file(), id, "stderr"}).out ==
        "\\x1b[31mred\xc3\xa4\n");
  CHECK(on_terminal(run_cat, {"cat", "--journal", journal.file(), id, "stderr", "--raw"})
            .out == "\x1b[31mred\xc3\xa4\n");
}

TEST_CASE("a terminal without UTF-8 gets ASCII only", "[cli]") {
  const PlainEnvironment environment;
  const Variable latin("LC_ALL", "de_DE.ISO-8859-1");
  SampleJournal journal;
  const std::string id = std::to_string(fill(journal, 1));

  CHECK(on_terminal(run_cat, {"cat", "--journal", journal.file(), id, "stderr"}).out ==
        "\\x1b[31mred\\u{e4}\n");
}

TEST_CASE("text for a terminal goes through the pager", "[cli]") {
  const PlainEnvironment environment;
  SampleJournal journal;
  fill(journal, 1);
  const Words words{"log", "--journal", journal.file()};
  SECTION("the one that is named") {
    const Variable pager("PAGER", "sed s/DRIVER/paged/");
    const CommandResult result = on_terminal(run_log, words);
    CHECK(result.status == 0);
    CHECK_THAT(result.out, ContainsSubstring("paged"));
  }
  SECTION("with less told to pass colour") {
    const Variable pager("PAGER", "echo $LESS; cat");
    CHECK_THAT(on_terminal(run_log, words).out, StartsWith("FRX\n"));
  }
  SECTION("but not when told not to") {
    const Variable pager("PAGER", "sed s/DRIVER/paged/");
    const CommandResult result =
        on_terminal(run_log, {"log", "--journal", journal.file(), "--no-pager"});
    CHECK_THAT(result.out, ContainsSubstring("DRIVER"));
  }
  SECTION("and not for a pipe") {
    const Variable pager("PAGER", "sed s/DRIVER/paged/");
    CHECK_THAT(run_command(run_log, words).out, ContainsSubstring("DRIVER"));
  }
}

TEST_CASE("leaving the pager early is no failure", "[cli]") {
  const PlainEnvironment environment;
  const Variable pager("PAGER", "true");
  SampleJournal journal;
  auto end = run_end(Exited{0});
  end.out = kept(std::string(900'000, 'x'));
  const auto id = journal.add(run_start("qemu", {"g", "prepare", "begin", "-"}), end);
  const std::string number = std::to_string(id);
  Words words{"show", "--journal", journal.file()};
  words.insert(words.end(), 200, number);  // more than a pipe holds

  const CommandResult result = on_terminal(run_show, words);

  CHECK(result.status == 0);
  CHECK(result.err.empty());
}

TEST_CASE("a pager that cannot be run is trouble, not silence", "[cli]") {
  const PlainEnvironment environment;
  const Variable pager("PAGER", "no-such-pager-here");
  SampleJournal journal;
  fill(journal, 1);

  const CommandResult result = on_terminal(run_log, {"log", "--journal", journal.file()});

  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("cannot show the result with the pager "
                                           "'no-such-pager-here': it cannot be run"));
}

}  // namespace
}  // namespace hookjournal
