#include "journal/keeping/clock_check.h"

#include "journal/event_kind.h"
#include "journal/facts_codec.h"
#include "journal/keeping/call_line.h"
#include "journal/keeping/keeping_facts.h"

namespace hookjournal {

namespace {

constexpr std::int64_t kWeek = 7LL * 86'400 * 1'000'000'000;
// A jump within so many of the newest runs is seen.
constexpr int kRuns = 500;

}  // namespace

std::optional<std::string> clock_jumped(Database& db, BlobStore& blobs, const Moment& now,
                                        const std::string& boot_id) {
  Moment later = now;
  std::string later_boot = boot_id;
  int runs = 0;
  auto events = db.prepare(
      "select kind, at_ns, body from events where kind in (1, 6) order by id desc");
  while (runs < kRuns && events.next()) {
    Moment at;
    std::string boot;
    const bool prune = events.int64(0) == kPruned;
    if (prune) {
      const Pruned pruned = decode_pruned(events.bytes(2), events.int64(1));
      at = pruned.at;
      boot = pruned.boot_id;
    } else {
      const DecodedStart start = decode_start(events.bytes(2), events.int64(1), &blobs);
      at = start.facts.at;
      boot = start.facts.context.boot_id;
      // Taken in late, or from elsewhere: its place tells nothing about its time.
      if (start.facts.spooled) continue;
      ++runs;
    }
    const std::int64_t accounted =
        boot == later_boot ? later.boot_ns - at.boot_ns : later.boot_ns;
    if (later.wall_ns - at.wall_ns > accounted + kWeek)
      return "the clock went from " + utc_text(at.wall_ns) + " to " +
             utc_text(later.wall_ns) + ", of which this host was up for " +
             std::to_string(std::max<std::int64_t>(accounted, 0) / 3'600'000'000'000) +
             " hours";
    if (prune) break;
    later = at;
    later_boot = boot;
  }
  return {};
}

}  // namespace hookjournal
