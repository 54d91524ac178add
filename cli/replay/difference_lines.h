#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "cli/output.h"
#include "replay/comparison/difference.h"

namespace hookjournal {

// One line of a difference as reports show it. The text is safe to show.
struct DifferenceLine {
  enum class Kind { same, removed, added, left_out };
  Kind kind = Kind::same;
  std::string text;
  bool operator==(const DifferenceLine&) const = default;
};
// "  ", "- ", "+ ": what a line begins with.
std::string sign_of(DifferenceLine::Kind kind);

// How much is shown.
struct DifferenceLimits {
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  std::size_t differences = 6, lines = 16, line_bytes = 300;

  static DifferenceLimits none() { return {kAll, kAll, kAll}; }
};

// "files of qemu.d/10-bridge: /etc/x (new)"
std::string title_of(const Difference& difference);

// What was and what is, by lines; what is equal only around changes.
std::vector<DifferenceLine> lines_of(const Difference& difference,
                                     const DifferenceLimits& limits);

// As a terminal shows such a line.
Style style_of(DifferenceLine::Kind kind);

}  // namespace hookjournal
