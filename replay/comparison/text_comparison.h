#pragma once

#include <string>
#include <vector>

#include "replay/comparison/findings.h"

namespace hookjournal {

// As they are written; a text that does not end with a line's end has one line more,
// which says so.
Lines split_lines(const std::string& text);

struct TextDifferences {
  std::vector<Difference> changed, noise;  // of each hunk
};

// By lines. `traced`: may hold what `set -x` writes.
TextDifferences compare_text(const Spot& spot, const Legs<const std::string*>& texts,
                             bool traced, Findings& findings);

}  // namespace hookjournal
