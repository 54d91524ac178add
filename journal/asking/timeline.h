#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/lifecycle.h"
#include "journal/journal.h"

namespace hookjournal {

// What a reader of one lifecycle is told besides its calls.
enum class Remark {
  joined_midway,   // it ran before the record begins
  start_failed,    // a hook refused it
  killed,          // by a failing `reconnect`
  forgotten,       // likewise, but it runs on (libxl)
  daemon_restart,  // while it ran
  runs_now,
  call_runs_now,
};

struct TimelineCall {
  std::int64_t id = 0;
  std::int64_t at_ns = 0, elapsed_ns = 0;
  std::string operation, suboperation, extra;
  Outcome outcome = Outcome::running;
  Consequence consequence = Consequence::unknown;
  Origin origin = Origin::other;
  std::optional<Irregularity> irregularity;
  std::string expected;  // in its place, "a or b"
};

// The calls of one guest or network from its first hook to its last.
struct Lifecycle {
  std::string host, driver, object, object_uuid;
  std::vector<TimelineCall> calls;
  std::vector<Remark> remarks;
  // The record ends in the middle of it.
  std::optional<Irregularity> end;
  std::string expected_at_end;

  bool regular() const;
};

// How a call ended, as far as the order of calls goes: what a LifecycleReader is fed.
Ended ended_of(const CallRecord& call);

// The lifecycles with at least one call of the selection, and all their calls, also those
// before and after its span of time: each told when it is whole, those without an end
// last, by their beginning.
void for_each_lifecycle(JournalReader& journal, const Selection& selection,
                        const std::function<void(const Lifecycle&)>& visit);

}  // namespace hookjournal
