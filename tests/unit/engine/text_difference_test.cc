#include "engine/text_difference.h"

#include <random>

#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using Kind = LineChange::Kind;

// One side of a comparison put together again.
std::string side(const std::vector<LineChange>& changes, Kind left_out) {
  std::string text;
  for (const LineChange& change : changes)
    if (change.kind != left_out) text += change.line;
  return text;
}

std::size_t edits(const std::vector<LineChange>& changes) {
  return static_cast<std::size_t>(std::ranges::count_if(
      changes, [](const LineChange& change) { return change.kind != Kind::same; }));
}

TEST_CASE("a changed line is told as `diff -u` tells it", "[engine]") {
  CHECK(unified_difference("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nd\nE\nf\ng\nh\n") ==
        "@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n");
}

TEST_CASE("changes far from each other are hunks of their own", "[engine]") {
  const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
  CHECK(unified_difference(before, "0\n" + before + "13\n", 1) ==
        "@@ -1 +1,2 @@\n+0\n 1\n@@ -12 +13,2 @@\n 12\n+13\n");
}

TEST_CASE("changes close to each other are one hunk", "[engine]") {
  CHECK(unified_difference("a\nb\nc\n", "A\nb\nC\n", 1) ==
        "@@ -1,3 +1,3 @@\n-a\n+A\n b\n-c\n+C\n");
}

TEST_CASE("a missing newline at the end is a difference and named", "[engine]") {
  CHECK(unified_difference("a", "a\n") ==
        "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST_CASE("equal texts have no difference, and an empty one only lines", "[engine]") {
  CHECK(unified_difference("a\nb\n", "a\nb\n").empty());
  CHECK(unified_difference("", "a\n") == "@@ -0,0 +1 @@\n+a\n");
  CHECK(unified_difference("a\n", "") == "@@ -1 +0,0 @@\n-a\n");
  CHECK(compare_lines("", "").empty());
}

TEST_CASE("as few lines as can be are told as changed", "[engine]") {
  // The example of Myers' paper: five edits.
  CHECK(edits(compare_lines("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n")) == 5);
}

TEST_CASE("both texts can be had back from what was told of them", "[engine]") {
  std::mt19937 random(7);
  const auto text = [&random] {
    std::string lines;
    for (auto left = random() % 40; left > 0; --left)
      lines += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
    return lines;
  };
  for (int i = 0; i < 300; ++i) {
    const std::string before = text(), after = text();
    const auto changes = compare_lines(before, after);
    REQUIRE(side(changes, Kind::added) == before);
    REQUIRE(side(changes, Kind::removed) == after);
  }
}

TEST_CASE("texts without a line in common are told as one replaced by the other",
          "[engine]") {
  std::string before, after;
  for (int i = 0; i < 3000; ++i) {
    before += "old " + std::to_string(i) + "\n";
    after += "new " + std::to_string(i) + "\n";
  }
  const auto changes = compare_lines(before, after);
  CHECK(side(changes, Kind::added) == before);
  CHECK(side(changes, Kind::removed) == after);
}

}  // namespace
}  // namespace hookjournal
