#pragma once

#include <optional>
#include <string>

#include "journal/journal_writer.h"

namespace hookjournal {

// A call in one line for a system log: driver, object, operation, outcome, time, id, and
// the journal's head after it. Names cannot break out of their words. Nothing when the
// run is not in the journal. `run_uuid`: 16 raw bytes.
std::optional<std::string> call_line(JournalWriter& journal, const std::string& run_uuid);

// "2026-11-22T08:09:56Z"
std::string utc_text(std::int64_t wall_ns);

}  // namespace hookjournal
