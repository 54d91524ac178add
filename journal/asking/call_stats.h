#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "journal/selection.h"

namespace hookjournal {

// Times of calls, or of the runs of one script.
struct TimeStats {
  std::uint64_t calls = 0, failed = 0;
  // Nanoseconds; of those that have ended. The p-th percentile is the least time that p
  // percent of them did not exceed.
  std::int64_t p50 = 0, p90 = 0, p99 = 0, most = 0, total = 0;
};

struct StatsRow {
  std::string driver, operation, script;  // empty: over all of these
  TimeStats now;
  std::optional<TimeStats> before;       // the same in the period before
  std::vector<std::uint64_t> over_time;  // calls, in kSteps equal parts of the period
};

constexpr std::size_t kSteps = 24;

struct CallStats {
  std::int64_t since_ns = 0, until_ns = 0;  // the period; of nothing recorded 0, 0
  std::optional<std::int64_t> before_ns;    // where the period before begins
  std::vector<StatsRow> operations;         // by driver and operation; most time first
  std::vector<StatsRow> scripts;            // by script; likewise
  // Of guests' starts, from the start of `prepare` to the end of `started`: how long they
  // took in all, and how much of it hooks ran.
  std::uint64_t starts = 0;
  std::int64_t start_ns = 0, hooks_ns = 0;
};

// Of the selected calls. The period is that of --since and --until; what is left open is
// filled with what is recorded. Only where --since is given, and not --last, there is a
// period before: as long, right before it.
CallStats call_stats(JournalReader& journal, const Selection& selection,
                     std::int64_t now_ns);

}  // namespace hookjournal
