#pragma once

#include "cli/output.h"
#include "engine/hook_engine.h"
#include "journal/records.h"

namespace hookjournal {

// The answer of a call this program made: how each script ended, what libvirt would have
// done and said, and what a filter gives in the input's place. `record`: the call as it
// was recorded, or null.
void write_answer(Output& output, const HookCall& call, const Answer& answer,
                  const CallRecord* record);

}  // namespace hookjournal
