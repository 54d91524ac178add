#include "journal/keeping/pruning.h"

#include <algorithm>
#include <map>
#include <vector>

#include "journal/event_kind.h"
#include "journal/facts_codec.h"
#include "journal/keeping/blob_references.h"
#include "journal/keeping/keeping_facts.h"
#include "journal/keeping/keeping_lock.h"
#include "journal/witness.h"

namespace hookjournal {

namespace {

// Hooks wait for a transaction: some tens of milliseconds.
constexpr std::size_t kCallsAtOnce = 200;
// A call whose scripts have ended may be about to begin the next.
constexpr std::int64_t kSettled = 600LL * 1'000'000'000;
constexpr int kMostRounds = 10;

std::uint64_t bytes_in_use(Database& db) {
  return static_cast<std::uint64_t>(
      (db.number("pragma page_count") - db.number("pragma freelist_count")) *
      db.number("pragma page_size"));
}

Digest as_digest(std::string_view bytes) {
  Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

class Pruner {
 public:
  Pruner(JournalWriter& journal, const PruneOrder& order)
      : journal_(journal), db_(journal.database()), order_(order) {}

  PruneReport prune();

 private:
  struct Candidate {
    std::int64_t id, at_ns;
  };
  using Digests = std::map<std::int64_t, Digest>;

  std::vector<Candidate> candidates(bool for_room, std::int64_t most);
  void remove(const std::vector<Candidate>& calls);
  void remove_some(const Candidate* first, const Candidate* last);
  void find_deaths();
  void drop_call(std::int64_t call, Digests& dropped);
  void drop_event(std::int64_t event, Digests& dropped);
  void drop_gaps();
  void record(Digests& dropped, std::uint64_t calls);
  void make_room();

  JournalWriter& journal_;
  Database& db_;
  const PruneOrder& order_;
  PruneReport report_;
  // Which events say that a run's recorder died: the tables do not.
  std::multimap<std::int64_t, std::int64_t> deaths_;
};

// Oldest first.
std::vector<Pruner::Candidate> Pruner::candidates(bool for_room, std::int64_t most) {
  const std::int64_t settled = now().wall_ns - kSettled;
  const std::int64_t any = for_room ? settled : order_.before_ns.value_or(0);
  const std::int64_t failed = order_.failures_before_ns.value_or(any);
  auto rows = db_.prepare(
      "select id, at_ns from calls where at_ns < ?1 and at_ns + elapsed_ns < ?4"
      " and ((outcome = 0 and at_ns < ?2) or (outcome in (1, 3) and at_ns < ?3))"
      " and not exists (select 1 from script_runs r where r.call = calls.id"
      "                 and (r.outcome = 2 or r.at_ns + r.elapsed_ns >= ?4))"
      " order by at_ns, id limit ?5");
  rows.bind(1, std::max(any, failed)).bind(2, any).bind(3, failed).bind(4, settled);
  rows.bind(5, most);
  std::vector<Candidate> calls;
  while (rows.next()) calls.push_back({rows.int64(0), rows.int64(1)});
  return calls;
}

void Pruner::find_deaths() {
  auto events = db_.prepare("select id, at_ns, body from events where kind = 3");
  while (events.next())
    deaths_.emplace(decode_died(events.bytes(2), events.int64(1)).run, events.int64(0));
}

void Pruner::drop_event(std::int64_t event, Digests& dropped) {
  auto digest = db_.prepare("select digest from events where id = ?");
  if (!digest.bind(1, event).next()) return;
  dropped[event] = as_digest(digest.bytes(0));
  digest.reset();
  db_.prepare("delete from events where id = ?").bind(1, event).run();
  ++report_.events;
}

void Pruner::drop_call(std::int64_t call, Digests& dropped) {
  std::vector<std::int64_t> events;
  auto runs = db_.prepare("select id, end_event from script_runs where call = ?");
  runs.bind(1, call);
  while (runs.next()) {
    ++report_.runs;
    events.push_back(runs.int64(0));
    if (!runs.is_null(1)) events.push_back(runs.int64(1));
    const auto [first, last] = deaths_.equal_range(runs.int64(0));
    for (auto death = first; death != last; ++death) events.push_back(death->second);
  }
  for (const std::int64_t event : events) drop_event(event, dropped);
  db_.prepare("delete from script_runs where call = ?").bind(1, call).run();
  db_.prepare("delete from calls where id = ?").bind(1, call).run();
}

// One event tells of everything that is missing: it takes the place of the one before.
void Pruner::record(Digests& dropped, std::uint64_t calls) {
  if (dropped.empty()) return;
  Pruned fact{.at = now(),
              .boot_id = boot_id(),
              .calls = calls,
              .reason = order_.reason,
              .clock_confirmed = order_.clock_confirmed};
  std::int64_t before = 0;
  auto last = db_.prepare(
      "select id, at_ns, body, digest from events where kind = 6 order by id desc limit "
      "1");
  std::map<std::int64_t, Pruned::Range> ranges;
  if (last.next()) {
    before = last.int64(0);
    const Pruned old = decode_pruned(last.bytes(2), last.int64(1));
    fact.calls += old.calls;
    for (const auto& range : old.ranges) ranges[range.first] = range;
    dropped[before] = as_digest(last.bytes(3));
  }
  last.reset();
  for (const auto& [event, digest] : dropped) ranges[event] = {event, event, digest};
  for (const auto& [first, range] : ranges) {
    if (!fact.ranges.empty() && fact.ranges.back().last + 1 == first) {
      fact.ranges.back().last = range.last;
      fact.ranges.back().digest = range.digest;
    } else {
      fact.ranges.push_back(range);
    }
  }
  // First the new one: the next event is chained to the last there is.
  journal_.note(kPruned, fact.at, encode_pruned(fact));
  if (before != 0) db_.prepare("delete from events where id = ?").bind(1, before).run();
}

void Pruner::remove_some(const Candidate* first, const Candidate* last) {
  Transaction transaction(db_, Transaction::Kind::immediate);
  db_.exec("insert or replace into settings (key, value) values ('retention', 1)");
  // Under the lock: a late run may have come to a call, and not have ended.
  auto runs = db_.prepare(
      "select 1 from calls c left join script_runs r on r.call = c.id"
      " where c.id = ? and (c.outcome = 2 or r.outcome = 2)");
  auto there = db_.prepare("select 1 from calls where id = ?");
  Digests dropped;
  std::uint64_t calls = 0;
  for (const Candidate* call = first; call != last; ++call) {
    const bool running = runs.bind(1, call->id).next();
    runs.reset();
    const bool gone = !there.bind(1, call->id).next();
    there.reset();
    if (running || gone) continue;
    drop_call(call->id, dropped);
    ++calls;
    if (report_.calls++ == 0) report_.oldest_ns = call->at_ns;
    report_.oldest_ns = std::min(report_.oldest_ns, call->at_ns);
    report_.newest_ns = std::max(report_.newest_ns, call->at_ns);
  }
  record(dropped, calls);
  db_.exec("delete from settings where key = 'retention'");
  transaction.commit();
  journal_.checkpoint_if_long();
}

void Pruner::remove(const std::vector<Candidate>& calls) {
  if (order_.dry_run) {
    auto runs = db_.prepare("select count(*) from script_runs where call = ?");
    for (const Candidate& call : calls) {
      if (report_.calls++ == 0) report_.oldest_ns = call.at_ns;
      report_.newest_ns = std::max(report_.newest_ns, call.at_ns);
      if (runs.bind(1, call.id).next()) report_.runs += runs.int64(0);
      runs.reset();
    }
    report_.events += 2 * report_.runs;
    return;
  }
  for (std::size_t from = 0; from < calls.size(); from += kCallsAtOnce)
    remove_some(&calls[from], calls.data() + std::min(from + kCallsAtOnce, calls.size()));
}

// Gaps of the time before are as old as the calls.
void Pruner::drop_gaps() {
  if (!order_.before_ns || order_.dry_run) return;
  Transaction transaction(db_, Transaction::Kind::immediate);
  db_.exec("insert or replace into settings (key, value) values ('retention', 1)");
  std::vector<std::int64_t> gaps;
  auto rows = db_.prepare("select id from events where kind = 4 and at_ns < ?");
  rows.bind(1, *order_.before_ns);
  while (rows.next()) gaps.push_back(rows.int64(0));
  Digests dropped;
  for (const std::int64_t gap : gaps) drop_event(gap, dropped);
  record(dropped, 0);
  db_.exec("delete from settings where key = 'retention'");
  transaction.commit();
}

// How much a call takes is known when it is gone: in rounds, by the average of the rest.
void Pruner::make_room() {
  for (int round = 0; round < kMostRounds; ++round) {
    const std::uint64_t used = bytes_in_use(db_);
    const std::int64_t calls = db_.number("select count(*) from calls");
    if (used <= order_.max_bytes || calls == 0) return;
    const double share =
        1.0 - static_cast<double>(order_.max_bytes) / static_cast<double>(used);
    const auto many = static_cast<std::int64_t>(share * static_cast<double>(calls)) + 1;
    const auto oldest = candidates(true, many);
    if (oldest.empty()) return;
    remove(oldest);
    if (order_.dry_run) return;
    report_.blobs += sweep_blobs(db_, journal_.blobs());
  }
}

PruneReport Pruner::prune() {
  report_.bytes_before = bytes_in_use(db_);
  find_deaths();
  if (order_.before_ns || order_.failures_before_ns) {
    remove(candidates(false, -1));
    drop_gaps();
    if (report_.calls > 0 && !order_.dry_run)
      report_.blobs += sweep_blobs(db_, journal_.blobs());
  }
  if (order_.max_bytes != 0) make_room();
  const std::int64_t calls = db_.number("select count(*) from calls");
  if (order_.dry_run) {
    report_.bytes_after = calls == 0
                              ? report_.bytes_before
                              : report_.bytes_before / static_cast<std::uint64_t>(calls) *
                                    static_cast<std::uint64_t>(
                                        std::max<std::int64_t>(calls - report_.calls, 0));
    return report_;
  }
  report_.bytes_after = bytes_in_use(db_);
  journal_.make_durable();
  if (report_.events > 0) give_back_room(db_);
  return report_;
}

}  // namespace

PruneReport prune(JournalWriter& journal, const PruneOrder& order) {
  const KeepingLock alone(journal.database().file());
  return Pruner(journal, order).prune();
}

}  // namespace hookjournal
