#include "journal/call_history.h"

#include <string>

#include "engine/hook_call.h"
#include "journal/database.h"

namespace hookjournal {

namespace {

// Where a filter's output decides, each candidate has to be judged: not more than these.
constexpr int kMostJudged = 50;

std::string uuid_digits(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (c != '-') digits += c;
  return digits;
}

bool fits(JournalReader& journal, const CallRecord& call, std::int64_t id) {
  const bool filter = is_filter(
      {call.driver, call.object, call.operation, call.suboperation, call.extra, {}});
  if (!filter) return true;
  const auto candidate = journal.call(id);
  return candidate && went_well(*candidate);
}

std::optional<std::int64_t> newest_before(JournalReader& journal, const CallRecord& call,
                                          const std::string& whose,
                                          const std::string& value, bool succeeded) {
  auto rows = journal.database().prepare(
      "select id from calls where " + whose +
      " and (at_ns < ?2 or (at_ns = ?2 and id < ?3)) and driver = ?4"
      " and operation = ?5 and suboperation = ?6" +
      (succeeded ? " and outcome = 0" : "") + " order by at_ns desc, id desc limit " +
      std::to_string(kMostJudged));
  rows.bind(1, value).bind(2, call.at_ns).bind(3, call.id);
  rows.bind(4, call.driver).bind(5, call.operation).bind(6, call.suboperation);
  while (rows.next()) {
    const std::int64_t id = rows.int64(0);
    if (!succeeded || fits(journal, call, id)) return id;
  }
  return {};
}

std::optional<std::int64_t> newest_before(JournalReader& journal, const CallRecord& call,
                                          bool succeeded) {
  if (const auto id = newest_before(journal, call, "object = ?1", call.object, succeeded))
    return id;
  if (call.object_uuid.empty()) return {};
  return newest_before(journal, call, "lower(hex(object_uuid)) = ?1",
                       uuid_digits(call.object_uuid), succeeded);
}

}  // namespace

std::optional<std::int64_t> previous_call(JournalReader& journal,
                                          const CallRecord& call) {
  return newest_before(journal, call, false);
}

std::optional<std::int64_t> last_success(JournalReader& journal, const CallRecord& call) {
  return newest_before(journal, call, true);
}

bool went_well(const CallRecord& call) {
  return call.outcome == Outcome::ok &&
         call.output_judgement.verdict != OutputVerdict::invalid;
}

}  // namespace hookjournal
