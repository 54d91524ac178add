#pragma once

#include <string>

#include "cli/output.h"
#include "cli/replay/report_context.h"
#include "replay/replay.h"

namespace hookjournal {

// "30s a call, 1024 MiB of memory a process, 2048 MiB all together, ..."
std::string limit_words(const SandboxLimits& limits);

// What a replay's results rest on, so that "nothing changed" cannot hide an empty or
// stale selection.
void write_coverage(Output& output, const ReplayCoverage& coverage,
                    const ReportContext& context);

}  // namespace hookjournal
