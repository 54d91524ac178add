#pragma once

#include <cstdint>
#include <string>

#include "journal/journal_writer.h"
#include "journal/keeping/exporting.h"

namespace hookjournal {

struct RedactReport {
  std::uint64_t blobs = 0, secrets = 0;
  // Somebody reads the journal as it was: until the next upkeep, what was replaced can
  // still be found in its files.
  bool still_in_log = false;
};

// Replaces in what scripts read and printed, at any time, what `streams` finds, and with
// `others` in the scripts themselves, their environment and what else is kept. The events
// and the rows keep the digests they were chained with; an event says which content took
// the place of which. What was packed with such content is packed anew, and so is all
// that was packed with a dictionary in which a secret stands. Both replace by as many
// bytes; `others` may be empty.
RedactReport redact_journal(JournalWriter& journal, const RedactStream& streams,
                            const std::string& reason, const RedactStream& others = {});

}  // namespace hookjournal
