#pragma once

#include "cli/output.h"
#include "journal/records.h"

namespace hookjournal {

struct CrossCheck;

// What came of it, below a heading. `success`: the call it was held against.
void write_cross_check(Output& output, const CrossCheck& check,
                       const CallRecord& success);

}  // namespace hookjournal
