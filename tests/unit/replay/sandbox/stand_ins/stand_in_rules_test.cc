#include "replay/sandbox/stand_ins/stand_in_rules.h"

#include <fstream>

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/temp_folder.h"

using namespace hookjournal;

namespace {

StandInRules rules(const std::string& text) { return stand_ins_of_text(text, "stubs"); }

void refused(const std::string& text, const std::string& because) {
  CHECK_THROWS_AS(rules(text), UsageError);
  CHECK_THROWS_WITH(rules(text), ContainsSubstring(because));
}

}  // namespace

TEST_CASE("a rule for a stand-in says all it answers", "[replay]") {
  const auto read = rules(
      "# ours\n"
      "\n"
      "tool \"get *\" exit 3 stdout \"a\\tb\\n\" stderr \"\\\"\\\\\" most 7 reads-input "
      "when-missing # a comment\n");

  REQUIRE(read.rules.size() == 1);
  const auto& rule = read.rules[0];
  CHECK(rule.command == "tool");
  CHECK(rule.arguments == "get *");
  CHECK(rule.exit_status == 3);
  CHECK(rule.out == "a\tb\n");
  CHECK(rule.err == "\"\\");
  CHECK(rule.most == 7);
  CHECK(rule.reads_input);
  CHECK(rule.when_missing);
  CHECK(rule.source == "stubs:3");
}

TEST_CASE("a rule without arguments is for all calls of a command", "[replay]") {
  const auto read = rules("tool exit 4\nother\nlast x?z stdout \"#4\"");

  CHECK(read.rule_for("tool", {})->exit_status == 4);
  CHECK(read.rule_for("tool", {"exit", "9"})->exit_status == 4);
  CHECK(read.rule_for("other", {"a"})->exit_status == 0);
  CHECK(read.rules[2].arguments == "x?z");
}

TEST_CASE("a wrong rule is refused with its place and what is wrong", "[replay]") {
  refused("ok\ntool exti 3", "stubs:2");
  refused("tool get exti 3", "\"exti\" is none of exit N");
  refused("tool is-active gdm exit 3", "double quotes");
  refused("tool exit", "nothing follows `exit`");
  refused("tool exit 256", "from 0 to 255");
  refused("tool exit three", "from 0 to 255");
  refused("tool most -1", "a number");
  refused("tool stdout \"open", "closing quote");
  refused("tool stdout \"open\\", "closing quote");
  refused("tool stdout \"a\\q\"", "\\q means nothing");
  refused("tool stdout \"a\"b", "a blank is missing");
  refused("tool stdout a\"b\"", "go around a whole word");
  refused("bin/tool", "neither a name nor an absolute path");
  refused("/opt/bin/", "is a folder");
  refused("\"\" exit 1", "empty");
  refused("real", "name of one command");
  refused("real a b", "name of one command");
  refused("tool exit 1\nreal tool", "stubs:1");
}

TEST_CASE("rules come from a file, or it says why not", "[replay]") {
  TempFolder folder;
  std::ofstream(folder / "stubs.conf") << "tool exit 2\n";

  CHECK(stand_ins_of_file(folder / "stubs.conf").rules.at(0).exit_status == 2);
  CHECK_THROWS_WITH(stand_ins_of_file(folder / "none"),
                    ContainsSubstring("No such file or directory"));
}

TEST_CASE("the first rule that fits answers", "[replay]") {
  const auto read = rules(
      "tool \"set a\" exit 1\ntool \"set [bc]\" exit 2\ntool \"?(* )get?( *)\" exit 3\n"
      "tool exit 4");

  CHECK(read.rule_for("tool", {"set", "a"})->exit_status == 1);
  CHECK(read.rule_for("tool", {"set a"})->exit_status == 1);
  CHECK(read.rule_for("tool", {"set", "c"})->exit_status == 2);
  CHECK(read.rule_for("tool", {"-q", "get", "x"})->exit_status == 3);
  CHECK(read.rule_for("tool", {"getx"})->exit_status == 4);
  CHECK(read.rule_for("other", {}) == nullptr);
}

TEST_CASE("a rule for a name is for any folder, one for a path for that file",
          "[replay]") {
  const auto read = rules("/opt/bin/tool exit 1\ntool exit 2\n/opt/bin/only");

  CHECK(read.rule_for("/opt/bin/tool", {})->exit_status == 1);
  CHECK(read.rule_for("/usr/bin/tool", {})->exit_status == 2);
  CHECK(read.rule_for("only", {}) == nullptr);
  CHECK(read.replaces("/opt/bin/only"));
  CHECK_FALSE(read.replaces("only"));
  CHECK(read.replaced() ==
        std::vector<std::string>{"/opt/bin/tool", "tool", "/opt/bin/only"});
}

TEST_CASE("rules of one's own come before those that ship, which `real` takes away",
          "[replay]") {
  const auto all = joined(rules("systemctl \"is-active *\" stdout \"active\\n\"\n"
                                "real modprobe\nreal pgrep"),
                          default_stand_ins());

  CHECK(all.rule_for("systemctl", {"is-active", "gdm"})->out == "active\n");
  CHECK(all.rule_for("systemctl", {"is-active", "gdm"})->source == "stubs:1");
  CHECK(all.rule_for("systemctl", {"stop", "gdm"})->source == "built in");
  CHECK_FALSE(all.replaces("modprobe"));
  CHECK(all.rule_for("/sbin/modprobe", {"kvm"}) == nullptr);
  CHECK(all.rule_for("pgrep", {}) == nullptr);
  CHECK(all.replaces("rmmod"));
}
