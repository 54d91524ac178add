#pragma once

#include "replay/comparison/findings.h"

namespace hookjournal {

// Where the old scripts no longer do what was recorded of them. Only what both legs agree
// on can have drifted; effects were never recorded.
std::vector<Difference> drift_of(const RecordedLeg& recorded, const ObservedCall& first,
                                 const ObservedCall& second, Findings& findings);

}  // namespace hookjournal
