#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/journal.h"

// The calls that one is held against: those that failed as it did, and those of the same
// kind (driver, operation, sub-operation, origin) that succeeded, for any guest.
namespace hookjournal {

struct ComparableCall {
  std::int64_t id = 0;
  std::int64_t at_ns = 0;
  std::string object;
  std::string object_uuid;   // 36 characters, or empty
  std::int64_t context = 0;  // blobs; 0: not recorded
  std::int64_t tree = 0, input = 0;
  // Of a success: its guest is one of those that failed alike.
  bool of_failing = false;
};

struct ComparableCalls {
  ComparableCall call;                    // the one itself
  std::vector<ComparableCall> failures;   // alike, with that one; newest first
  std::vector<ComparableCall> successes;  // likewise
  std::size_t failing_guests = 1;
  // There are more than were looked at.
  bool more_failures = false, more_successes = false;
};

// The newest of them: with more, the counts would hardly say anything else, and the
// answer would be late.
constexpr std::size_t kMostFailures = 300;
constexpr std::size_t kMostSuccesses = 1000;
// With more successes than that: so many of these guests, and so many of each, are looked
// at in any case.
constexpr std::size_t kMostFailingGuests = 20, kMostOfGuest = 20;

ComparableCalls comparable_calls(JournalReader& journal, const CallRecord& call);

}  // namespace hookjournal
