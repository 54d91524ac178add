#pragma once

#include <cstdint>
#include <string>

#include "journal/journal_writer.h"
#include "journal/keeping/bundle.h"

namespace hookjournal {

struct ImportReport {
  std::uint64_t runs = 0;      // now in the journal
  std::uint64_t known = 0;     // that were there already
  std::uint64_t ended = 0;     // that were there without their end
  std::uint64_t replaced = 0;  // blobs that had been redacted
  // The bundle is of this very journal, as it went on elsewhere after a snapshot.
  bool branch = false;
};

// Appends the runs of a bundle that are not here yet. Hosts stay apart, for each run
// tells its own. All or, when a run is here with other facts, nothing: Error names it.
ImportReport import_bundle(JournalWriter& journal, const Bundle& bundle);

}  // namespace hookjournal
