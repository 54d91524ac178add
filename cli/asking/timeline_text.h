#pragma once

#include <string>

#include "cli/output.h"
#include "journal/asking/timeline.h"

namespace hookjournal {

// One lifecycle, for reading and for programs.
void write_lifecycle(Output& output, const Lifecycle& life, std::int64_t now_ns);
std::string lifecycle_to_json(const Lifecycle& life);

}  // namespace hookjournal
