#include "journal/asking/failures.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "engine/sha256.h"
#include "journal/blob_store.h"

namespace hookjournal {

namespace {

constexpr std::size_t kIdDigits = 8;

Ending ending_of(std::int64_t kind, std::int64_t value) {
  const int number = static_cast<int>(value);
  if (kind == 0) return Exited{number};
  if (kind == 1) return Signaled{number};
  return NotStarted{number};
}

std::string ending_key(const Ending& ending) {
  if (const auto* exited = std::get_if<Exited>(&ending))
    return "exited " + std::to_string(exited->code);
  if (const auto* signaled = std::get_if<Signaled>(&ending))
    return "signaled " + std::to_string(signaled->signal);
  return "not started " + std::to_string(std::get<NotStarted>(ending).error);
}

std::string key_of(const FailureCause& cause) {
  std::string key = cause.script + '\0' + ending_key(cause.ending);
  for (const std::string& line : cause.lines) (key += '\n') += line;
  return key;
}

// A guest's or network's calls of one kind.
using Kind = std::tuple<std::string, std::string, std::string>;  // driver, object, op.

// What a group is made of while calls are added to it.
struct Gathered {
  FailureGroup group;
  std::set<std::string> drivers, operations, objects;
  std::set<std::string_view> rules;
  std::map<Kind, std::int64_t> last_failure;
};

void add(Gathered& gathered, FailedCall call, bool counts) {
  FailureGroup& group = gathered.group;
  const bool first = gathered.last_failure.empty();
  if (first || call.at_ns < group.first_ns) {
    group.first_ns = call.at_ns;
    group.first_call = call.id;
  }
  std::int64_t& last = gathered.last_failure[{call.driver, call.object, call.operation}];
  last = std::max(last, call.at_ns);
  if (first || call.at_ns >= group.last_ns) {
    group.last_ns = call.at_ns;
    group.last_call = call.id;
    group.printed = std::move(call.lines.printed);
  }
  if (!counts) return;
  ++group.count;
  gathered.rules.insert(call.lines.rules.begin(), call.lines.rules.end());
  gathered.drivers.insert(std::move(call.driver));
  gathered.operations.insert(std::move(call.operation));
  gathered.objects.insert(std::move(call.object));
}

class StillFailing {
 public:
  explicit StillFailing(Database& db)
      : success_(db.prepare("select 1 from calls where object = ? and at_ns > ?"
                            " and driver = ? and operation = ? and outcome = 0"
                            " limit 1")) {}

  std::vector<std::string> of(const Gathered& gathered) {
    std::set<std::string> still;
    for (const auto& [kind, last_ns] : gathered.last_failure) {
      const auto& [driver, object, operation] = kind;
      success_.bind(1, object).bind(2, last_ns).bind(3, driver).bind(4, operation);
      if (!success_.next()) still.insert(object);
      success_.reset();
    }
    return {still.begin(), still.end()};
  }

 private:
  Statement success_;
};

FailureGroup settled(Gathered gathered, StillFailing& still) {
  FailureGroup group = std::move(gathered.group);
  group.still = still.of(gathered);
  group.drivers.assign(gathered.drivers.begin(), gathered.drivers.end());
  group.operations.assign(gathered.operations.begin(), gathered.operations.end());
  group.objects.assign(gathered.objects.begin(), gathered.objects.end());
  for (const MaskRule* rule = kMaskRules; !rule->name.empty(); ++rule)
    if (gathered.rules.contains(rule->name)) group.rules.push_back(rule->name);
  return group;
}

}  // namespace

std::string FailureCause::id() const {
  return to_hex(sha256(key_of(*this))).substr(0, kIdDigits);
}

FailureReader::FailureReader(JournalReader& journal)
    : blobs_(journal.blobs()),
      call_(journal.database().prepare(
          "select at_ns, driver, object, operation, lower(hex(object_uuid)) from calls"
          " where id = ? and outcome = 1")),
      run_(journal.database().prepare(
          "select script, ending, ending_value, stderr from script_runs"
          " where call = ? and within is null and outcome = 1"
          " order by at_ns desc, id desc limit 1")) {}

std::optional<FailedCall> FailureReader::read(std::int64_t call) {
  FailedCall failed{.id = call};
  call_.bind(1, call);
  if (!call_.next()) return {};
  failed.at_ns = call_.int64(0);
  failed.driver = call_.text(1);
  failed.object = call_.text(2);
  failed.operation = call_.text(3);
  const std::string uuid = call_.text(4);
  call_.reset();

  run_.bind(1, call);
  if (run_.next()) {
    failed.cause.script = run_.text(0);
    failed.cause.ending = ending_of(run_.int64(1), run_.int64(2));
    if (const std::int64_t blob = run_.int64(3); blob != 0)
      failed.lines = last_error_lines(blobs_.load(blob), failed.object, uuid);
    failed.cause.lines = failed.lines.masked;
  }
  run_.reset();
  return failed;
}

std::vector<FailureGroup> failure_groups(JournalReader& journal,
                                         const Selection& selection) {
  const auto& outcomes = selection.outcomes;
  if (!outcomes.empty() && std::ranges::find(outcomes, Outcome::failed) == outcomes.end())
    return {};
  // Whether a group is new is told by what came before.
  Selection failed = selection;
  failed.outcomes = {Outcome::failed};
  failed.since_ns.reset();
  failed.last.reset();

  const std::vector<std::int64_t> ids = journal.call_ids(failed);
  // Not a lock for each of thousands of looks.
  const Transaction snapshot(journal.database(), Transaction::Kind::deferred);
  FailureReader reader(journal);
  std::map<std::string, Gathered> groups;
  std::size_t older = 0;
  if (selection.last && static_cast<std::size_t>(*selection.last) < ids.size())
    older = ids.size() - static_cast<std::size_t>(*selection.last);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto call = reader.read(ids[i]);
    if (!call) continue;
    const bool counts =
        i >= older && (!selection.since_ns || call->at_ns >= *selection.since_ns);
    Gathered& gathered = groups[key_of(call->cause)];
    if (gathered.last_failure.empty()) gathered.group.cause = call->cause;
    add(gathered, std::move(*call), counts);
  }

  StillFailing still(journal.database());
  std::vector<FailureGroup> list;
  for (auto& [key, gathered] : groups) {
    if (gathered.group.count == 0) continue;
    list.push_back(settled(std::move(gathered), still));
    list.back().is_new =
        selection.since_ns && list.back().first_ns >= *selection.since_ns;
  }
  std::ranges::sort(list, [](const FailureGroup& one, const FailureGroup& other) {
    return std::tuple(one.is_new, one.last_ns, one.last_call) >
           std::tuple(other.is_new, other.last_ns, other.last_call);
  });
  return list;
}

}  // namespace hookjournal
