#include "journal/asking/call_history.h"

#include <algorithm>
#include <utility>

#include "engine/hook_call.h"
#include "journal/asking/object_names.h"
#include "journal/database.h"

namespace hookjournal {

namespace {

// Where a filter's output decides, each candidate has to be judged: not more than these.
constexpr int kMostJudged = 50;

bool fits(JournalReader& journal, const CallRecord& call, std::int64_t id) {
  const bool filter = is_filter(
      {call.driver, call.object, call.operation, call.suboperation, call.extra, {}});
  if (!filter) return true;
  const auto candidate = journal.call(id);
  return candidate && went_well(*candidate);
}

using Found = std::pair<std::int64_t, std::int64_t>;  // when, and which call

// Of calls under one name; `whose` says of which UUID besides.
std::optional<Found> newest_named(JournalReader& journal, const CallRecord& call,
                                  const std::string& name, const std::string& whose,
                                  bool succeeded) {
  auto rows = journal.database().prepare(
      "select at_ns, id from calls where object = ?1" + whose +
      " and (at_ns < ?2 or (at_ns = ?2 and id < ?3)) and driver = ?4"
      " and operation = ?5 and suboperation = ?6" +
      same_world(call) + (succeeded ? " and outcome = 0" : "") +
      " order by at_ns desc, id desc limit " + std::to_string(kMostJudged));
  rows.bind(1, name).bind(2, call.at_ns).bind(3, call.id);
  rows.bind(4, call.driver).bind(5, call.operation).bind(6, call.suboperation);
  while (rows.next()) {
    const Found found{rows.int64(0), rows.int64(1)};
    if (!succeeded || fits(journal, call, found.second)) return found;
  }
  return {};
}

std::optional<std::int64_t> newest_before(JournalReader& journal, const CallRecord& call,
                                          bool succeeded) {
  std::optional<Found> newest;
  if (!call.object_uuid.empty()) {
    // The digits are ours: only hexadecimal ones.
    const std::string whose = " and (object_uuid is null or lower(hex(object_uuid)) = '" +
                              uuid_digits(call.object_uuid) + "')";
    for (const std::string& name : names_of_uuid(journal, call.object_uuid))
      newest = std::max(newest, newest_named(journal, call, name, whose, succeeded));
  }
  if (!newest) newest = newest_named(journal, call, call.object, "", succeeded);
  if (!newest) return {};
  return newest->second;
}

}  // namespace

std::string same_world(const CallRecord& call) {
  std::string origins;
  for (const Origin origin : {Origin::libvirt, Origin::other, call.origin})
    origins += (origins.empty() ? "" : ", ") + std::to_string(static_cast<int>(origin));
  return " and origin in (" + origins + ")";
}

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
