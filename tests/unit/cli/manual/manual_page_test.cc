#include "cli/manual/manual_page.h"

#include <algorithm>

#include "cli/manual/completion.h"
#include "cli/manual/roff.h"
#include "tests/unit/catch.h"

namespace hookjournal {

TEST_CASE("no text of a help is taken for a request of roff", "[cli][manual]") {
  CHECK(roff("a\\b --x 'y'") == "a\\eb \\-\\-x \\(aqy\\(aq");
  CHECK(roff_paragraphs(".so /etc/passwd\n") == ".PP\n\\&.so /etc/passwd\n");
}

TEST_CASE("paragraphs of a help are filled, and its examples stay as typed",
          "[cli][manual]") {
  CHECK(roff_paragraphs("one\ntwo\n\nexample:\n  run a\n    b\n") ==
        ".PP\none\ntwo\n.PP\nexample:\n.PP\n.RS 2\n.nf\nrun a\n  b\n.fi\n.RE\n");
}

TEST_CASE("options of several commands are told once, those of one with it",
          "[cli][manual]") {
  OptionDescription since{{"--since"}, "TIME", "From then on", "Selection"};
  OptionDescription own{{"--own"}, "", "Of this one", ""};
  const std::vector<CommandDescription> commands = {{"a", "", "A.", "", {since, own}},
                                                    {"b", "", "B.", "", {since}},
                                                    {"c", "", "C.", "", {since}},
                                                    {"d", "", "D.", "", {}}};

  CHECK(roff_shared_options(commands) ==
        ".SH SELECTION OPTIONS\n.TP\n\\fB\\-\\-since\\fR \\fITIME\\fR\nFrom then on\n");
  CHECK(roff_commands({commands[0], commands[1], commands[2]})
            .find(".SS a\n\\fBhookjournal a\\fR [\\fIoptions\\fR]\n.PP\nA.\n.TP\n"
                  "\\fB\\-\\-own\\fR\nOf this one\n.PP\n"
                  "Also takes the selection options (see below).\n.SS b\n") == 0);
}

TEST_CASE("what the commands parse is what they are described by", "[cli][manual]") {
  const auto commands = describe_commands();
  const auto cat = std::ranges::find(commands, "cat", &CommandDescription::name);
  REQUIRE(cat != commands.end());
  const auto option = [&](const char* name) {
    return *std::ranges::find_if(
        cat->options, [&](const auto& each) { return each.names.back() == name; });
  };
  CHECK(option("ID").required);
  CHECK(option("WHAT").words ==
        std::vector<std::string>{"stdin", "stdout", "stderr", "output", "script"});
  CHECK(option("--raw").value.empty());
  CHECK(value_kind(option("--journal")) == ValueKind::files);
  CHECK(value_kind(option("--hooks-dir")) == ValueKind::folders);
  CHECK(value_kind(option("ID")) == ValueKind::calls);
}

}  // namespace hookjournal
