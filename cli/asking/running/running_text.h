#pragma once

#include "cli/asking/running/running_script.h"
#include "cli/output.h"

namespace hookjournal {

void write_running(Output& output, const RunningScript& running, std::int64_t now_ns);

}  // namespace hookjournal
