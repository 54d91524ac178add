#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "journal/journal_writer.h"

namespace hookjournal {

// Which calls go. Those in flight never do, nor those that ended a moment ago.
struct PruneOrder {
  std::optional<std::int64_t> before_ns;  // those that began before
  // Failed and abandoned ones instead; nothing: as the others.
  std::optional<std::int64_t> failures_before_ns;
  std::uint64_t max_bytes = 0;  // and the oldest, until the journal takes no more; 0: any
  std::string reason;           // for the record: "older than 30 days"
  bool clock_confirmed = false;
  bool dry_run = false;
};

struct PruneReport {
  std::int64_t calls = 0, runs = 0, events = 0, blobs = 0;
  std::int64_t oldest_ns = 0, newest_ns = 0;  // of the calls that went
  // In use by the journal, without pages that wait to be used again. After a dry run the
  // second is a guess.
  std::uint64_t bytes_before = 0, bytes_after = 0;
};

// Removes whole calls, oldest first, in short transactions between which hooks write. The
// chain stays verifiable: an event lists what is missing (keeping_facts.h).
PruneReport prune(JournalWriter& journal, const PruneOrder& order);

}  // namespace hookjournal
