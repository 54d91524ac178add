#include "journal/explain/surroundings.h"

#include <algorithm>
#include <limits>

#include "journal/database.h"
#include "journal/facts_codec.h"
#include "journal/journal_writer.h"

namespace hookjournal {

namespace {

constexpr std::int64_t kBefore = std::int64_t{10} * 60 * 1'000'000'000;
constexpr std::int64_t kMostCalls = 2000;
constexpr std::size_t kMostTold = 8;
// Gaps are events like others and found by their number: it goes with time, but for what
// came late.
constexpr std::int64_t kEventsAround = 2000;

constexpr const char* kColumns =
    "select id, at_ns, elapsed_ns, driver, object, operation, suboperation, extra,"
    " outcome, context from calls ";

NearbyCall from_row(const Statement& row) {
  return {.id = row.int64(0),
          .at_ns = row.int64(1),
          .elapsed_ns = row.int64(2),
          .driver = row.text(3),
          .object = row.text(4),
          .operation = row.text(5),
          .suboperation = row.text(6),
          .extra = row.text(7),
          .outcome = outcome_in_column(row.int64(8))};
}

std::int64_t end_of(const NearbyCall& call) {
  return call.outcome == Outcome::running ? std::numeric_limits<std::int64_t>::max()
                                          : call.at_ns + call.elapsed_ns;
}

void keep(std::vector<NearbyCall>& list, const NearbyCall& call) {
  if (std::ranges::find(list, call.id, &NearbyCall::id) != list.end()) return;
  list.push_back(call);
}

void sort_in(const NearbyCall& other, const CallRecord& call, Surroundings& around) {
  const bool own = other.driver == call.driver && other.object == call.object;
  const bool before = other.at_ns <= call.at_ns;
  if (other.driver == "daemon") {
    keep(around.daemons, other);
  } else if (own) {
    if (before) keep(around.of_object, other);
  } else if (overlap(other, call)) {
    keep(around.meanwhile, other);
  } else if (before && other.outcome == Outcome::failed) {
    keep(around.failed, other);
  }
}

void keep_end(std::vector<NearbyCall>& list) {
  std::ranges::sort(list, {}, &NearbyCall::at_ns);
  if (list.size() > kMostTold)
    list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(kMostTold));
}

std::vector<Gap> gaps_around(JournalReader& journal, const CallRecord& call,
                             std::int64_t since_ns, std::int64_t until_ns) {
  auto rows = journal.database().prepare(
      "select at_ns, body from events where id between ? and ? and kind = ?"
      " and at_ns between ? and ? order by id");
  rows.bind(1, call.id - kEventsAround).bind(2, call.id + kEventsAround);
  rows.bind(3, std::int64_t{EventKind::kGap}).bind(4, since_ns).bind(5, until_ns);
  std::vector<Gap> gaps;
  while (rows.next()) gaps.push_back(decode_gap(rows.text(1), rows.int64(0)));
  return gaps;
}

}  // namespace

bool overlap(const NearbyCall& other, const CallRecord& call) {
  const std::int64_t end = call.outcome == Outcome::running
                               ? std::numeric_limits<std::int64_t>::max()
                               : call.at_ns + call.elapsed_ns;
  return other.at_ns <= end && end_of(other) >= call.at_ns;
}

Surroundings surroundings_of(JournalReader& journal, const CallRecord& call,
                             CallFacts& facts) {
  Surroundings around;
  around.since_ns = call.at_ns - kBefore;
  const std::int64_t until_ns = call.at_ns + call.elapsed_ns;
  const auto host_of = [&facts](std::int64_t context) -> std::string {
    const Values* values = facts.host({.context = context});
    return values == nullptr ? "" : values->at("host");
  };
  std::int64_t read = 0;
  const auto look = [&](Statement& rows, bool counts) {
    while (rows.next()) {
      ++read;
      const NearbyCall other = from_row(rows);
      if (other.id == call.id || host_of(rows.int64(9)) != call.host) continue;
      if (counts) ++around.calls;
      sort_in(other, call, around);
    }
  };
  auto near = journal.database().prepare(
      std::string(kColumns) + "where at_ns between ? and ? order by at_ns desc limit " +
      std::to_string(kMostCalls));
  near.bind(1, around.since_ns).bind(2, until_ns);
  look(near, true);
  around.cut = read == kMostCalls;
  // What hangs may have begun long ago.
  auto running = journal.database().prepare(
      std::string(kColumns) +
      "where id in (select call from script_runs where outcome = 2) and at_ns < ?");
  running.bind(1, around.since_ns);
  look(running, false);

  for (auto* list :
       {&around.of_object, &around.meanwhile, &around.failed, &around.daemons})
    keep_end(*list);
  around.gaps = gaps_around(journal, call, around.since_ns, until_ns);
  return around;
}

}  // namespace hookjournal
