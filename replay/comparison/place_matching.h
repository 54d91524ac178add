#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "replay/comparison/findings.h"

namespace hookjournal {

// Which of three legs' places (paths, objects) are the same one: by name, then by name
// without what is masked, then by what the names of the two baseline legs have in common.
struct MatchedPlace {
  std::optional<std::size_t> first, second, candidate;  // numbers in the lists given
  bool other_names = false;  // the two baseline legs call it otherwise
};
std::vector<MatchedPlace> match_places(const Legs<std::vector<std::string>>& names,
                                       Findings& findings);

}  // namespace hookjournal
