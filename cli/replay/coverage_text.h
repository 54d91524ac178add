#pragma once

#include <cstdint>

#include "cli/output.h"
#include "replay/replay.h"

namespace hookjournal {

// What a replay's results rest on, so that "nothing changed" cannot hide an empty or
// stale selection.
void write_coverage(Output& output, const ReplayCoverage& coverage, std::int64_t now_ns);

}  // namespace hookjournal
