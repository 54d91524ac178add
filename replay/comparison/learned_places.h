#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "replay/comparison/noise_pattern.h"
#include "replay/comparison/sequence_comparison.h"

namespace hookjournal {

// One line as the two baseline legs know it.
struct LearnedPlace {
  const Line* first = nullptr;
  const Line* second = nullptr;         // the same one when only one leg has it
  std::optional<NoisePattern> pattern;  // they differ, also when masked
  std::optional<NoisePattern> drawn;    // they differ in names of temporary files
  bool any_tail = false;                // it ended in different ways
  bool optional = false;                // only one leg has it
  bool fits(const Line& line) const;
};

struct LearnedSequence {
  std::vector<LearnedPlace> places;
  bool unordered = false;  // the legs have the same lines in different orders
  // Masked lines that came a different number of times.
  std::set<std::string> optional_keys;
  std::vector<Hunk> noise;
  bool required(const LearnedPlace& place) const {
    return !place.optional && optional_keys.count(place.first->masked.key) == 0;
  }
};

// Of masked lines.
LearnedSequence learn_sequence(const Lines& first, const Lines& second, bool any_order);

}  // namespace hookjournal
