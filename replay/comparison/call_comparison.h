#pragma once

#include "replay/comparison/findings.h"

namespace hookjournal {

// The candidate's call against the baseline's two, field by field.
void compare_calls(const Legs<const ObservedCall*>& calls, std::int64_t slower_ns,
                   Findings& findings);

}  // namespace hookjournal
