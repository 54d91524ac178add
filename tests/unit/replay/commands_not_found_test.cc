#include "replay/commands_not_found.h"

#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using Names = std::vector<std::string>;

TEST_CASE("what a shell did not find is known from what it said", "[replay]") {
  CHECK(commands_not_found("/etc/libvirt/hooks/qemu: 3: nosuch: not found\n") ==
        Names{"nosuch"});
  CHECK(commands_not_found("/x/qemu: line 12: a-b: command not found") == Names{"a-b"});
  CHECK(
      commands_not_found("qemu: line 2: one: not found\nwell\n"
                         "qemu: line 3: two: not found\nqemu: line 4: one: not found") ==
      Names{"one", "two"});
}

TEST_CASE("what a script itself did not find is no command", "[replay]") {
  CHECK(commands_not_found("").empty());
  CHECK(commands_not_found("web1: bridge br0: not found\n").empty());
  CHECK(commands_not_found("not found\n: not found\n").empty());
  CHECK(commands_not_found("qemu: 3: cannot open /x: No such file").empty());
}

}  // namespace
}  // namespace hookjournal
