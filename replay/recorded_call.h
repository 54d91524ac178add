#pragma once

#include <cstdint>

#include "engine/hook_call.h"
#include "journal/journal.h"

namespace hookjournal {

// A recorded call as it can be run again: its words and the input its first script read.
// Throws Error when there is no such call, or when its input was not kept whole.
HookCall recorded_call(JournalReader& journal, std::int64_t id);

}  // namespace hookjournal
