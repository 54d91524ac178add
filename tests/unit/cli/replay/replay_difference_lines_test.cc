#include "cli/replay/difference_lines.h"
#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using Kind = DifferenceLine::Kind;
using Lines = std::vector<DifferenceLine>;

Lines lines_between(const std::string& before, const std::string& after) {
  return lines_of({Field::files, "qemu", "/etc/x", before, after}, DifferenceLimits());
}

TEST_CASE("a difference is told by the lines that differ and two around them", "[cli]") {
  CHECK(lines_between("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nd\nE\nf\ng\nh\n") ==
        Lines{{Kind::left_out, "... 2 equal lines"},
              {Kind::same, "c"},
              {Kind::same, "d"},
              {Kind::removed, "e"},
              {Kind::added, "E"},
              {Kind::same, "f"},
              {Kind::same, "g"},
              {Kind::left_out, "... 1 equal line"}});
}

TEST_CASE("what was not there has no lines", "[cli]") {
  CHECK(lines_between("", "new\n") == Lines{{Kind::added, "new"}});
  CHECK(lines_between("old", "") == Lines{{Kind::removed, "old"}});
}

TEST_CASE("texts that differ only in their last newline do not look equal", "[cli]") {
  CHECK(lines_between("a", "a\n") ==
        Lines{{Kind::removed, "a (no newline at its end)"}, {Kind::added, "a"}});
}

TEST_CASE("a very long line is cut", "[cli]") {
  const Lines lines = lines_between("", std::string(1000, 'x'));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].text == std::string(300, 'x') + " ... 700 bytes more");
}

}  // namespace
}  // namespace hookjournal
