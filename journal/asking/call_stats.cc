#include "journal/asking/call_stats.h"

#include <algorithm>
#include <limits>
#include <list>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "journal/database.h"

namespace hookjournal {

namespace {

constexpr std::int64_t kOk = 0, kFailed = 1;

// What is gathered for a row in one period.
struct Times {
  std::uint64_t calls = 0, failed = 0;
  std::vector<std::int64_t> elapsed;

  void add(std::int64_t outcome, std::int64_t elapsed_ns) {
    ++calls;
    if (outcome == kFailed) ++failed;
    if (outcome == kOk || outcome == kFailed) elapsed.push_back(elapsed_ns);
  }

  TimeStats stats() {
    TimeStats stats{.calls = calls, .failed = failed};
    if (elapsed.empty()) return stats;
    // Each leaves what is greater behind its place, and sorts no more than that.
    auto from = elapsed.begin();
    const auto percentile = [this, &from](std::size_t p) {
      const auto place = elapsed.begin() +
                         static_cast<std::ptrdiff_t>((elapsed.size() * p + 99) / 100 - 1);
      std::nth_element(from, place, elapsed.end());
      from = place;
      return *place;
    };
    stats.p50 = percentile(50);
    stats.p90 = percentile(90);
    stats.p99 = percentile(99);
    stats.most = percentile(100);
    for (const std::int64_t ns : elapsed) stats.total += ns;
    return stats;
  }
};

struct Gathered {
  Times now, before;
  std::vector<std::uint64_t> over_time = std::vector<std::uint64_t>(kSteps);
};

class Period {
 public:
  Period(std::int64_t since_ns, std::int64_t until_ns)
      : since_ns_(since_ns), until_ns_(until_ns) {}

  void add(Gathered& row, std::int64_t at_ns, std::int64_t outcome,
           std::int64_t elapsed_ns) const {
    if (at_ns < since_ns_) return row.before.add(outcome, elapsed_ns);
    row.now.add(outcome, elapsed_ns);
    const auto length =
        static_cast<double>(std::max<std::int64_t>(until_ns_ - since_ns_, 1));
    const auto step = static_cast<std::size_t>(static_cast<double>(at_ns - since_ns_) /
                                               length * static_cast<double>(kSteps));
    ++row.over_time[std::min(step, kSteps - 1)];
  }
  bool has(std::int64_t at_ns) const { return at_ns >= since_ns_; }

 private:
  std::int64_t since_ns_, until_ns_;
};

// Guests' starts, put together from their calls as these come in order.
class Starts {
 public:
  void add(std::string_view driver, std::string_view object, std::string_view operation,
           std::int64_t at_ns, std::int64_t elapsed_ns) {
    if (driver == "network" || driver == "daemon") return;
    guest_.assign(driver).append("/").append(object);
    if (operation == "prepare") {
      open_[guest_] = {at_ns, elapsed_ns};
      return;
    }
    const auto start = open_.find(guest_);
    if (start == open_.end()) return;
    if (operation == "start") {
      start->second.second += elapsed_ns;
      return;
    }
    if (operation == "started") {
      ++count;
      whole_ns += at_ns + elapsed_ns - start->second.first;
      hooks_ns += start->second.second + elapsed_ns;
    }
    open_.erase(start);
  }

  std::uint64_t count = 0;
  std::int64_t whole_ns = 0, hooks_ns = 0;

 private:
  // When it began, and how long hooks have run for it.
  std::unordered_map<std::string, std::pair<std::int64_t, std::int64_t>> open_;
  std::string guest_;  // its memory is used again and again
};

// The period before belongs to what is read.
Selection widened(const Selection& selection, const CallStats& stats) {
  Selection wide = selection;
  if (stats.before_ns) wide.since_ns = stats.before_ns;
  return wide;
}

// By driver and operation, or by script. There are few, and they are looked up a million
// times without a string being made.
class Rows {
 public:
  Gathered& of(std::string_view one, std::string_view other) {
    for (auto& [key, gathered] : rows_)
      if (key.first == one && key.second == other) return gathered;
    return rows_.emplace_back(Key(one, other), Gathered()).second;
  }
  auto& sorted() {
    rows_.sort([](const auto& row, const auto& next) { return row.first < next.first; });
    return rows_;
  }

 private:
  using Key = std::pair<std::string, std::string>;
  std::list<std::pair<Key, Gathered>> rows_;
};

// Takes what was gathered.
std::vector<StatsRow> rows_of(Rows& all, bool scripts, bool with_before) {
  std::vector<StatsRow> rows;
  for (auto& [key, gathered] : all.sorted()) {
    if (gathered.now.calls == 0 && gathered.before.calls == 0) continue;
    StatsRow row;
    (scripts ? row.script : row.driver) = key.first;
    if (!scripts) row.operation = key.second;
    row.now = gathered.now.stats();
    if (with_before) row.before = gathered.before.stats();
    row.over_time = std::move(gathered.over_time);
    rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, [](const StatsRow& one, const StatsRow& other) {
    return one.now.total > other.now.total;
  });
  return rows;
}

class Gatherer {
 public:
  Gatherer(JournalReader& journal, const Period& period)
      : period_(period), db_(journal.database()) {}

  // All of [since, until) and, if any are named, of these origins. As they lie on the
  // disk: the order of their numbers is that of time, but for what came late.
  void all(std::int64_t since_ns, std::int64_t until_ns,
           const std::vector<Origin>& origins) {
    std::string list;
    for (const Origin origin : origins)
      list += (list.empty() ? "" : ", ") + std::to_string(static_cast<int>(origin));
    const auto if_some = [&list](const std::string& condition) {
      return list.empty() ? "" : " and " + condition + "(" + list + ")";
    };
    auto calls = db_.prepare(std::string(kCalls) + " where +at_ns >= ? and +at_ns < ?" +
                             if_some("origin in ") + " order by id");
    calls.bind(1, since_ns).bind(2, until_ns);
    while (calls.next()) add_call(calls);
    std::string others =
        if_some("call not in (select id from calls where origin not in ");
    if (!others.empty()) others += ")";
    auto runs =
        db_.prepare(std::string(kRuns) + " where at_ns >= ? and at_ns < ?" + others);
    runs.bind(1, since_ns).bind(2, until_ns);
    while (runs.next()) add_run(runs);
  }
  void these(const std::vector<std::int64_t>& ids) {
    auto call = db_.prepare(std::string(kCalls) + " where id = ?");
    auto runs = db_.prepare(std::string(kRuns) + " where call = ?");
    for (const std::int64_t id : ids) {
      call.bind(1, id);
      while (call.next()) add_call(call);
      runs.bind(1, id);
      while (runs.next()) add_run(runs);
    }
  }

  Rows operations, scripts;
  Starts starts;

 private:
  static constexpr const char* kCalls =
      "select driver, operation, at_ns, outcome, elapsed_ns, object from calls";
  static constexpr const char* kRuns =
      "select script, at_ns, outcome, elapsed_ns from script_runs";

  void add_call(const Statement& row) {
    const std::string_view driver = row.bytes(0), operation = row.bytes(1);
    const std::int64_t at_ns = row.int64(2), elapsed_ns = row.int64(4);
    period_.add(operations.of(driver, operation), at_ns, row.int64(3), elapsed_ns);
    if (period_.has(at_ns))
      starts.add(driver, row.bytes(5), operation, at_ns, elapsed_ns);
  }
  void add_run(const Statement& row) {
    period_.add(scripts.of(row.bytes(0), ""), row.int64(1), row.int64(2), row.int64(3));
  }

  const Period& period_;
  Database& db_;
};

}  // namespace

CallStats call_stats(JournalReader& journal, const Selection& selection,
                     std::int64_t now_ns) {
  CallStats stats;
  Database& db = journal.database();
  stats.since_ns = selection.since_ns.value_or(db.number("select min(at_ns) from calls"));
  stats.until_ns = selection.until_ns.value_or(
      selection.since_ns ? now_ns : db.number("select max(at_ns) from calls"));
  if (selection.since_ns && !selection.last)
    stats.before_ns = stats.since_ns - (stats.until_ns - stats.since_ns);

  const Period period(stats.since_ns, stats.until_ns);
  Gatherer gatherer(journal, period);
  const Selection wide = widened(selection, stats);
  Selection other = wide;
  other.since_ns.reset();
  other.until_ns.reset();
  other.origins.clear();
  constexpr auto kEver = std::numeric_limits<std::int64_t>::max();
  if (narrows(other))
    gatherer.these(journal.call_ids(wide));
  else
    gatherer.all(wide.since_ns.value_or(0), wide.until_ns.value_or(kEver), wide.origins);
  const bool before = stats.before_ns.has_value();
  stats.operations = rows_of(gatherer.operations, false, before);
  stats.scripts = rows_of(gatherer.scripts, true, before);
  stats.starts = gatherer.starts.count;
  stats.start_ns = gatherer.starts.whole_ns;
  stats.hooks_ns = gatherer.starts.hooks_ns;
  return stats;
}

}  // namespace hookjournal
