#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/explain/call_facts.h"
#include "journal/facts.h"
#include "journal/journal.h"

namespace hookjournal {

struct NearbyCall {
  std::int64_t id = 0;
  std::int64_t at_ns = 0, elapsed_ns = 0;  // elapsed: 0 while it runs
  std::string driver, object, operation, suboperation, extra;
  Outcome outcome = Outcome::ok;
};

// What happened on the host of a call in the minutes before it and while it ran. All
// lists are in order of time; of long ones the end is kept.
struct Surroundings {
  std::int64_t since_ns = 0;
  std::vector<NearbyCall> of_object;  // earlier calls of the same guest or network
  std::vector<NearbyCall> meanwhile;  // others' calls that ran while this one did
  std::vector<NearbyCall> failed;     // others' that failed before it
  std::vector<NearbyCall> daemons;    // starts, reloads and shutdowns of daemons
  std::vector<Gap> gaps;              // in the record
  std::size_t calls = 0;              // all of the host in that time, without this one
  bool cut = false;                   // there were more than could be looked at
};

Surroundings surroundings_of(JournalReader& journal, const CallRecord& call,
                             CallFacts& facts);

// Whether two calls ran at one time. One that still runs goes on.
bool overlap(const NearbyCall& other, const CallRecord& call);

}  // namespace hookjournal
