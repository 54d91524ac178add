#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// One line of two texts laid over each other. It ends in its newline, but for the last
// line of a text that has none there.
struct LineChange {
  enum class Kind { same, removed, added };
  Kind kind = Kind::same;
  std::string_view line;  // of the text that was compared

  bool operator==(const LineChange&) const = default;
};

// The lines of both in order, with as few removed and added as can be (Myers). Texts that
// have next to nothing in common (thousands of edits) are told as one replaced by the
// other: who reads that sees no more in the shortest way. Both outlive the result.
std::vector<LineChange> compare_lines(std::string_view before, std::string_view after);

// As `diff -u` writes it, from the first "@@" on; empty when the texts are equal.
// `around`: how many unchanged lines are shown before and after a change.
std::string unified_difference(std::string_view before, std::string_view after,
                               std::size_t around = 3);

}  // namespace hookjournal
