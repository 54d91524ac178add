#pragma once

#include <cstdint>

namespace hookjournal {

// Kinds of events, as the `kind` column has them. Append only.
enum EventKind : std::int64_t {
  kRunStarted = 1,
  kRunEnded = 2,
  kRecorderDied = 3,
  kGap = 4,
  // What upkeep does to a journal (journal/keeping/keeping_facts.h).
  kPruned = 6,
  kImported = 7,
  kAnchored = 8,
  kRedacted = 9,
  kDifferenceAccepted = 10,  // or no longer: acceptance_fact.h
};

}  // namespace hookjournal
