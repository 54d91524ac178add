#include "cli/asking/group_list.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/csv.h"
#include "cli/escape.h"
#include "cli/table.h"
#include "cli/time_text.h"
#include "journal/asking/call_json.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

// As JSON has it; empty where it has null.
std::string name_of(const CallGroup& group, GroupBy by) {
  return by == GroupBy::tree && !group.key.empty() ? "sha256:" + group.key : group.key;
}

std::string heading_of(GroupBy by) {
  std::string heading(to_string(by));
  std::ranges::transform(heading, heading.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return heading;
}

Json moment(std::int64_t call, std::int64_t at_ns) {
  return {{"call", call}, {"at", utc_time_text(at_ns)}};
}

}  // namespace

void write_groups_text(Output& output, const std::vector<CallGroup>& groups, GroupBy by,
                       std::int64_t now_ns) {
  const std::string zone = " (" + local_zone(now_ns) + ")";
  Table table(output, {{heading_of(by)},
                       {by == GroupBy::script ? "RUNS" : "CALLS", true},
                       {"FAILED", true},
                       {"FIRST" + zone},
                       {"LAST" + zone},
                       {"TOTAL", true}});
  for (const CallGroup& group : groups) {
    const std::string name = name_of(group, by);
    table.add(
        {{name.empty() ? "not known" : visible(name)},
         {std::to_string(group.calls)},
         {std::to_string(group.failed), group.failed > 0 ? Style::bad : Style::plain},
         {local_clock_text(group.first_ns)},
         {local_clock_text(group.last_ns)},
         {duration_text(group.total_ns)}});
  }
  table.finish();
}

void write_groups_json(Output& output, const std::vector<CallGroup>& groups, GroupBy by) {
  for (const CallGroup& group : groups) {
    const std::string name = name_of(group, by);
    const bool unknown = by == GroupBy::tree && name.empty();
    const Json json = {{"group_by", to_string(by)},
                       {"group", unknown ? Json() : Json(name)},
                       {"calls", group.calls},
                       {"failed", group.failed},
                       {"first", moment(group.first_call, group.first_ns)},
                       {"last", moment(group.last_call, group.last_ns)},
                       {"total_ns", group.total_ns}};
    output.bytes(json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
  }
}

void write_groups_csv(Output& output, const std::vector<CallGroup>& groups, GroupBy by) {
  output.bytes(csv_line({std::string(to_string(by)), "calls", "failed", "first_call",
                         "first", "last_call", "last", "total_ns"}));
  for (const CallGroup& group : groups)
    output.bytes(
        csv_line({csv_text(name_of(group, by)), std::to_string(group.calls),
                  std::to_string(group.failed), std::to_string(group.first_call),
                  utc_time_text(group.first_ns), std::to_string(group.last_call),
                  utc_time_text(group.last_ns), std::to_string(group.total_ns)}));
}

}  // namespace hookjournal
