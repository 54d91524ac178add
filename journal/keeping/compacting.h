#pragma once

#include <cstdint>

#include "journal/journal_writer.h"

namespace hookjournal {

struct CompactReport {
  std::int64_t calls = 0;
  std::int64_t packed = 0;                          // blobs that take less than before
  std::int64_t indexed = 0;                         // blobs that are found faster now
  std::uint64_t bytes_before = 0, bytes_after = 0;  // of the database file
  bool repacked = false;                            // the file was written anew
};

// Packs the journal's inputs and outputs tighter, removes blobs nobody needs, and gives
// the room back. Work is done between short transactions; only the last step, writing the
// file anew, holds hooks off (they spool meanwhile), and is left out when it would save
// little.
//
// A guest's XML hardly changes from call to call: the first is packed with a dictionary
// trained on all of them, the others with that first one. Two steps to any blob, no more.
CompactReport compact(JournalWriter& journal);

// Only what came since the last time, and without writing the file anew: for upkeep.
CompactReport pack_new(JournalWriter& journal);

}  // namespace hookjournal
