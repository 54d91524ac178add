#pragma once

#include <string>

#include "cli/install/hooks_status.h"
#include "cli/install/journal_status.h"
#include "cli/output.h"

namespace hookjournal {

// For reading; not a contract.
void write_status(const HooksStatus& hooks, const JournalStatus& journal, Output& output);

// One object on one line; keys may be added, never changed.
std::string status_json(const HooksStatus& hooks, const JournalStatus& journal);

}  // namespace hookjournal
