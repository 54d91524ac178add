#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "journal/keeping/head_notes.h"

namespace hookjournal {

// What `maintain` does for a journal besides what hooks do in passing.
struct Upkeep {
  std::filesystem::path journal;
  // Folders whose runs belong into this journal. Those of other users never do: what lies
  // in a session daemon's spool is whatever its user put there, and must not become a
  // fact of the system's journal. Their own upkeep takes it into their own.
  std::vector<std::filesystem::path> spools;
  std::uint64_t journal_cap = 0;  // as Config::journal_cap
  AnchorTargets anchors = {};
  // As in Config; 0: nothing goes.
  std::uint64_t keep_days = 0, keep_failures_days = 0, keep_bytes = 0;
};

struct UpkeepReport {
  std::vector<std::string> done;  // a line for each thing
  std::vector<std::string> left;  // what a person must see to, a sentence each
};

// Brings the journal to this version's schema, takes spooled runs in, notes recorders
// that have died, removes old calls, notes the head elsewhere, and empties the
// write-ahead log. Hooks may run meanwhile. Throws Error when there is no journal of
// ours, or it cannot be written; it is never created.
UpkeepReport keep_up(const Upkeep& upkeep);

}  // namespace hookjournal
