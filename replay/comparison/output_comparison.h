#pragma once

#include <optional>
#include <string>
#include <vector>

#include "replay/comparison/findings.h"

namespace hookjournal {

// What a filter printed: by structure when it is XML, by lines when it is not.
void compare_output(const Spot& spot,
                    const Legs<const std::optional<std::string>*>& outputs,
                    Findings& findings);

// What was recorded against what a leg made of it now; times that lie far apart are
// expected.
std::vector<Difference> output_drift(const Spot& spot,
                                     const std::optional<std::string>& recorded,
                                     const std::optional<std::string>& now,
                                     MaskLedger& masks, const MaskScale& scale);

}  // namespace hookjournal
