#include "journal/asking/call_groups.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <unordered_map>
#include <utility>

#include "engine/hook_call.h"
#include "engine/sha256.h"
#include "journal/blob_store.h"
#include "journal/database.h"

namespace hookjournal {

namespace {

constexpr std::array<std::string_view, 9> kGroupNames = {
    "object",      "script", "operation", "driver", "outcome",
    "consequence", "tree",   "hour",      "day"};

// One more look-up than this, and reading the whole table is faster.
constexpr std::size_t kMostLookUps = 50'000;

struct KeyHash : std::hash<std::string_view> {
  using is_transparent = void;
};

// A call, or a run of a script, as far as its group is concerned.
struct GroupedCall {
  std::int64_t id, at_ns, elapsed_ns;
  Outcome outcome;
};

class Groups {
 public:
  CallGroup& of(std::string_view key) {
    auto found = groups_.find(key);
    if (found == groups_.end()) {
      found = groups_.emplace(std::string(key), CallGroup()).first;
      found->second.key = key;
    }
    return found->second;
  }
  std::vector<CallGroup> sorted(bool by_key) && {
    std::vector<CallGroup> list;
    list.reserve(groups_.size());
    for (auto& [key, group] : groups_) list.push_back(std::move(group));
    std::ranges::sort(list, [by_key](const CallGroup& one, const CallGroup& other) {
      if (by_key || one.calls == other.calls)
        return std::pair(by_key ? one.first_ns : 0, std::string_view(one.key)) <
               std::pair(by_key ? other.first_ns : 0, std::string_view(other.key));
      return one.calls > other.calls;
    });
    return list;
  }

 private:
  std::unordered_map<std::string, CallGroup, KeyHash, std::equal_to<>> groups_;
};

void add(CallGroup& group, const GroupedCall& call) {
  if (group.calls == 0 || call.at_ns < group.first_ns) {
    group.first_ns = call.at_ns;
    group.first_call = call.id;
  }
  if (group.calls == 0 || call.at_ns >= group.last_ns) {
    group.last_ns = call.at_ns;
    group.last_call = call.id;
  }
  ++group.calls;
  if (call.outcome == Outcome::failed) ++group.failed;
  if (call.outcome == Outcome::ok || call.outcome == Outcome::failed)
    group.total_ns += call.elapsed_ns;
}

// The local hour or day of a moment.
std::string span_key(std::int64_t at_ns, bool day) {
  const std::time_t seconds = static_cast<std::time_t>(at_ns / 1'000'000'000);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[48];
  std::strftime(text, sizeof text, day ? "%Y-%m-%d" : "%Y-%m-%dT%H:00:00", &parts);
  if (day) return text;
  const long minutes = std::abs(parts.tm_gmtoff) / 60;
  char zone[48];
  std::snprintf(zone, sizeof zone, "%c%02ld:%02ld", parts.tm_gmtoff < 0 ? '-' : '+',
                minutes / 60, minutes % 60);
  return std::string(text) + zone;
}

// Which group a row belongs to. The columns: 0 id of the call, 1 time, 2 outcome, 3
// elapsed, 4 what it is grouped by, 5 driver (by consequence only).
class Sorter {
 public:
  Sorter(JournalReader& journal, GroupBy by) : journal_(journal), by_(by) {}

  void add_row(const Statement& row) {
    const GroupedCall call{row.int64(0), row.int64(1), row.int64(3),
                           outcome_in_column(row.int64(2))};
    add(group_of(row, call), call);
  }
  std::vector<CallGroup> groups() && {
    return std::move(groups_).sorted(by_ == GroupBy::hour || by_ == GroupBy::day);
  }

 private:
  CallGroup& group_of(const Statement& row, const GroupedCall& call) {
    switch (by_) {
      case GroupBy::outcome:
        return groups_.of(to_string(call.outcome));
      case GroupBy::consequence:
        return groups_.of(to_string(consequence_of_row(row, call)));
      case GroupBy::tree:
        return known(row.int64(4), [&](std::int64_t tree) {
          return tree == 0 ? "" : to_hex(journal_.blobs().digest_of(tree));
        });
      case GroupBy::hour:
      case GroupBy::day: {
        // Zones differ from UTC by whole quarters of an hour.
        constexpr std::int64_t kQuarter = std::int64_t{900} * 1'000'000'000;
        return known(call.at_ns / kQuarter, [&](std::int64_t) {
          return span_key(call.at_ns, by_ == GroupBy::day);
        });
      }
      default:
        return groups_.of(row.bytes(4));
    }
  }

  // The group of a number whose name takes long to find.
  template <typename Name>
  CallGroup& known(std::int64_t number, const Name& name) {
    CallGroup*& group = known_[number];
    if (group == nullptr) group = &groups_.of(name(number));
    return *group;
  }

  // What a success that is no filter's means is clear; else the whole call tells.
  Consequence consequence_of_row(const Statement& row, const GroupedCall& call) {
    if (call.outcome == Outcome::running || call.outcome == Outcome::abandoned)
      return Consequence::unknown;
    if (call.outcome == Outcome::ok) {
      const HookCall words{row.text(5), "-", row.text(4), "-", "-", {}};
      if (!is_filter(words)) return consequence_of(words, {});
    }
    const auto whole = journal_.call(call.id);
    return whole ? whole->consequence : Consequence::unknown;
  }

  JournalReader& journal_;
  GroupBy by_;
  Groups groups_;
  std::unordered_map<std::int64_t, CallGroup*> known_;
};

std::string columns_of(GroupBy by) {
  if (by == GroupBy::script)
    return "select call, at_ns, outcome, elapsed_ns, script from script_runs";
  std::string what(to_string(by));
  if (by == GroupBy::consequence) what = "operation, driver";
  if (by == GroupBy::hour || by == GroupBy::day) what = "0";
  return "select id, at_ns, outcome, elapsed_ns, " + what + " from calls";
}

}  // namespace

std::string_view to_string(GroupBy by) {
  return kGroupNames[static_cast<std::size_t>(by)];
}

std::optional<GroupBy> group_by_named(std::string_view name) {
  const auto* found = std::ranges::find(kGroupNames, name);
  if (found == kGroupNames.end()) return {};
  return static_cast<GroupBy>(found - kGroupNames.begin());
}

std::vector<CallGroup> call_groups(JournalReader& journal, const Selection& selection,
                                   GroupBy by) {
  Sorter sorter(journal, by);
  const bool some = narrows(selection);
  std::vector<std::int64_t> ids;
  if (some) ids = journal.call_ids(selection);
  const std::string columns = columns_of(by);
  if (some && ids.size() <= kMostLookUps) {
    auto rows = journal.database().prepare(
        columns + (by == GroupBy::script ? " where call = ?" : " where id = ?"));
    for (const std::int64_t id : ids) {
      rows.bind(1, id);
      while (rows.next()) sorter.add_row(rows);
    }
  } else {
    std::ranges::sort(ids);
    auto rows = journal.database().prepare(columns);
    while (rows.next())
      if (!some || std::ranges::binary_search(ids, rows.int64(0))) sorter.add_row(rows);
  }
  return std::move(sorter).groups();
}

}  // namespace hookjournal
