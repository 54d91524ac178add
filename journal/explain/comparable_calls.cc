#include "journal/explain/comparable_calls.h"

#include <optional>
#include <set>

#include "journal/asking/failures.h"
#include "journal/database.h"
#include "journal/facts.h"

namespace hookjournal {

namespace {

// Failures of the kind that are looked through for those alike.
constexpr std::int64_t kMostRead = 3000;

constexpr const char* kColumns =
    "select c.id, c.at_ns, c.object, c.object_uuid, c.context, c.tree,"
    " (select r.stdin from script_runs r where r.call = c.id and r.within is null"
    "   order by r.at_ns, r.id limit 1) from calls c";

ComparableCall from_row(const Statement& row) {
  return {.id = row.int64(0),
          .at_ns = row.int64(1),
          .object = row.text(2),
          .object_uuid = uuid_text(row.bytes(3)),
          .context = row.int64(4),
          .tree = row.int64(5),
          .input = row.int64(6)};
}

// By id, backwards, and not by time: that reads the table as it lies on the disk.
Statement of_kind(Database& db, const CallRecord& call, Outcome outcome,
                  std::int64_t most) {
  auto rows = db.prepare(std::string(kColumns) +
                         " where c.driver = ? and c.operation = ? and c.suboperation = ?"
                         " and c.origin = ? and c.outcome = ?"
                         " order by c.id desc limit " +
                         std::to_string(most));
  rows.bind(1, call.driver).bind(2, call.operation).bind(3, call.suboperation);
  rows.bind(4, static_cast<std::int64_t>(call.origin));
  rows.bind(5, static_cast<std::int64_t>(outcome));
  return rows;
}

ComparableCall itself(Database& db, std::int64_t id) {
  auto row = db.prepare(std::string(kColumns) + " where c.id = ?");
  row.bind(1, id);
  return row.next() ? from_row(row) : ComparableCall{.id = id};
}

void add_failures(JournalReader& journal, const CallRecord& call,
                  ComparableCalls& calls) {
  calls.failures.push_back(calls.call);
  FailureReader reader(journal);
  const auto failure = reader.read(call.id);
  if (!failure) return;  // it is a filter's output that was refused
  auto rows = of_kind(journal.database(), call, Outcome::failed, kMostRead);
  std::int64_t read = 0;
  while (rows.next()) {
    ++read;
    if (rows.int64(0) == call.id) continue;
    const auto other = reader.read(rows.int64(0));
    if (!other || other->cause != failure->cause) continue;
    if (calls.failures.size() == kMostFailures) {
      calls.more_failures = true;
      return;
    }
    calls.failures.push_back(from_row(rows));
  }
  calls.more_failures = read == kMostRead;
}

// What the guests that fail did well, however long ago that was.
void add_own_successes(JournalReader& journal, const CallRecord& call,
                       const std::vector<std::string>& guests, ComparableCalls& calls) {
  auto rows = journal.database().prepare(
      std::string(kColumns) +
      " where c.object = ? and c.driver = ? and c.operation = ? and c.suboperation = ?"
      " and c.origin = ? and c.outcome = 0 order by c.at_ns desc limit " +
      std::to_string(kMostOfGuest));
  std::set<std::int64_t> known;
  for (const ComparableCall& success : calls.successes) known.insert(success.id);
  for (const std::string& guest : guests) {
    rows.bind(1, guest).bind(2, call.driver).bind(3, call.operation);
    rows.bind(4, call.suboperation).bind(5, static_cast<std::int64_t>(call.origin));
    while (rows.next())
      if (rows.int64(0) != call.id && known.insert(rows.int64(0)).second)
        calls.successes.push_back(from_row(rows));
  }
}

void mark_failing_guests(JournalReader& journal, const CallRecord& call,
                         ComparableCalls& calls) {
  std::set<std::string> failing;
  std::vector<std::string> newest;
  for (const ComparableCall& failure : calls.failures)
    if (failing.insert(failure.object).second && newest.size() < kMostFailingGuests)
      newest.push_back(failure.object);
  calls.failing_guests = failing.size();
  if (calls.more_successes) add_own_successes(journal, call, newest, calls);
  for (ComparableCall& success : calls.successes)
    success.of_failing = failing.contains(success.object);
}

}  // namespace

ComparableCalls comparable_calls(JournalReader& journal, const CallRecord& call) {
  ComparableCalls calls;
  calls.call = itself(journal.database(), call.id);
  add_failures(journal, call, calls);
  auto rows = of_kind(journal.database(), call, Outcome::ok, kMostSuccesses + 1);
  while (rows.next()) {
    if (rows.int64(0) == call.id) continue;
    if (calls.successes.size() == kMostSuccesses) {
      calls.more_successes = true;
      break;
    }
    calls.successes.push_back(from_row(rows));
  }
  mark_failing_guests(journal, call, calls);
  return calls;
}

}  // namespace hookjournal
