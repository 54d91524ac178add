#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "journal/journal.h"

namespace hookjournal {

// What came before a call of its own kind: of the same driver, operation and
// sub-operation, for the same guest or network. Nothing: not as far as is recorded.
//
// A guest is known by its UUID where that is recorded, whatever its name was then; else,
// or when it had that UUID never before, by its name.
std::optional<std::int64_t> previous_call(JournalReader& journal, const CallRecord& call);

// The last of these that succeeded. What libvirt refused for its output has not.
std::optional<std::int64_t> last_success(JournalReader& journal, const CallRecord& call);

// A condition on `calls`: whose calls this one is held against. The host's own and those
// made the same way; what was simulated says nothing about what libvirt called.
std::string same_world(const CallRecord& call);

// Whether libvirt, or who else called, got what the call was made for.
bool went_well(const CallRecord& call);

}  // namespace hookjournal
