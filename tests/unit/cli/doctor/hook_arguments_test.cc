#include "cli/doctor/hook_arguments.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

ShellNode parsed(const std::string& text) {
  auto tree = parse_shell(text);
  REQUIRE(tree);
  return *tree;
}

}  // namespace

TEST_CASE("shell text: arguments by other names", "[cli][doctor]") {
  const auto tree = parsed(
      "guest=$1 op=\"${2:-}\"\nboth=$op/$3\nmain() { local sub=$3; a; }\nmain \"$@\"\n"
      "other() { x=$2; }\nother y z");
  const HookArguments arguments(tree);
  const auto told = [&](const std::string& word) {
    return arguments.told(parsed("a " + word).children[0].words[1], {});
  };
  CHECK(told("$guest") == "${1}");
  CHECK(told("\"$both\"") == "${2}/${3}");
  CHECK(told("$sub") == "${3}");
  CHECK(told("$x") == "${x}");
}
