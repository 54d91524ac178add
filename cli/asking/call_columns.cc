#include "cli/asking/call_columns.h"

#include <algorithm>
#include <string_view>

#include "cli/call_words.h"
#include "cli/csv.h"
#include "cli/escape.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "journal/asking/call_json.h"

namespace hookjournal {

namespace {

using Cell = Table::Cell;

Style style_of(const CallRecord& call) {
  if (call.outcome == Outcome::failed) return Style::bad;
  return call.outcome == Outcome::ok ? Style::plain : Style::warning;
}

// The heading names today's zone; a row of another season names its own.
std::string time_words(std::int64_t at_ns, std::int64_t now_ns) {
  return local_zone(at_ns) == local_zone(now_ns) ? local_clock_text(at_ns)
                                                 : local_time_text(at_ns);
}

Cell consequence_cell(const CallRecord& call) {
  const bool quiet = call.consequence == Consequence::none;
  // A filter may succeed and yet print what libvirt refuses.
  const bool refused = call.output_judgement.verdict == OutputVerdict::invalid;
  return {consequence_word(call.consequence, call.origin), quiet     ? Style::faint
                                                           : refused ? Style::bad
                                                                     : style_of(call)};
}

std::string tree_word(const CallRecord& call) {
  return call.tree.empty() ? "" : "sha256:" + call.tree;
}

std::string answer_words(const CallRecord& call) {
  const auto answer = call.answer();
  if (!answer) return "";
  if (const auto* exited = std::get_if<Exited>(&*answer))
    return "exit " + std::to_string(exited->code);
  if (const auto* signaled = std::get_if<Signaled>(&*answer))
    return "signal " + std::to_string(signaled->signal);
  return "not started";
}

std::string script_names(const CallRecord& call) {
  std::string names;
  for (const RunRecord& run : call.runs)
    if (!run.within) names += (names.empty() ? "" : " ") + run.script;
  return csv_text(names);
}

// A column whose text for people is that for programs.
template <std::string CallRecord::*kMember>
constexpr CallColumn plain(const char* name, const char* heading) {
  return {name, heading, false,
          [](const CallRecord& call, std::int64_t) -> Cell {
            return {visible(call.*kMember)};
          },
          [](const CallRecord& call) { return csv_text(call.*kMember); }};
}

constexpr CallColumn kColumns[] = {
    {"id", "ID", true,
     [](const CallRecord& call, std::int64_t) -> Cell {
       return {std::to_string(call.id)};
     },
     [](const CallRecord& call) { return std::to_string(call.id); }},
    plain<&CallRecord::uuid>("call_uuid", "CALL UUID"),
    plain<&CallRecord::host>("host", "HOST"),
    {"at", "TIME", false,
     [](const CallRecord& call, std::int64_t now_ns) -> Cell {
       return {time_words(call.at_ns, now_ns)};
     },
     [](const CallRecord& call) { return utc_time_text(call.at_ns); }},
    plain<&CallRecord::driver>("driver", "DRIVER"),
    plain<&CallRecord::object>("object", "OBJECT"),
    plain<&CallRecord::object_uuid>("object_uuid", "UUID"),
    {"operation", "OPERATION", false,
     [](const CallRecord& call, std::int64_t) -> Cell { return {operation_words(call)}; },
     [](const CallRecord& call) { return csv_text(call.operation); }},
    plain<&CallRecord::suboperation>("suboperation", "SUBOPERATION"),
    plain<&CallRecord::extra>("extra", "EXTRA"),
    {"outcome", "OUTCOME", false,
     [](const CallRecord& call, std::int64_t) -> Cell {
       return {std::string(to_string(call.outcome)), style_of(call)};
     },
     [](const CallRecord& call) { return std::string(to_string(call.outcome)); }},
    {"consequence", "CONSEQUENCE", false,
     [](const CallRecord& call, std::int64_t) { return consequence_cell(call); },
     [](const CallRecord& call) { return std::string(to_string(call.consequence)); }},
    {"origin", "ORIGIN", false,
     [](const CallRecord& call, std::int64_t) -> Cell {
       return {std::string(to_string(call.origin))};
     },
     [](const CallRecord& call) { return std::string(to_string(call.origin)); }},
    {"answer", "ANSWER", false,
     [](const CallRecord& call, std::int64_t) -> Cell { return {answer_words(call)}; },
     [](const CallRecord& call) { return answer_words(call); }},
    {"elapsed_ns", "TOOK", true,
     [](const CallRecord& call, std::int64_t now_ns) -> Cell {
       return {elapsed_words(call, now_ns)};
     },
     [](const CallRecord& call) {
       return call.outcome == Outcome::running ? "" : std::to_string(call.elapsed_ns);
     }},
    {"tree", "TREE", false,
     [](const CallRecord& call, std::int64_t) -> Cell { return {tree_word(call)}; },
     tree_word},
    {"caller", "CALLER", false,
     [](const CallRecord& call, std::int64_t) -> Cell {
       return {visible(call.context.caller.exe)};
     },
     [](const CallRecord& call) { return csv_text(call.context.caller.exe); }},
    {"scripts", "SCRIPTS", false,
     [](const CallRecord& call, std::int64_t) -> Cell { return {script_words(call)}; },
     script_names},
};

const CallColumn* column_named(std::string_view name) {
  const auto* found = std::ranges::find_if(
      kColumns, [name](const CallColumn& column) { return column.name == name; });
  return found == std::end(kColumns) ? nullptr : found;
}

}  // namespace

std::string call_column_names() {
  std::string names;
  for (const CallColumn& column : kColumns)
    names.append(names.empty() ? "" : ", ").append(column.name);
  return names;
}

CallColumns usual_call_columns() {
  return call_columns_named({"id", "at", "driver", "object", "operation", "outcome",
                             "consequence", "elapsed_ns", "scripts"});
}

CallColumns all_call_columns() {
  CallColumns columns;
  for (const CallColumn& column : kColumns) columns.push_back(&column);
  return columns;
}

CallColumns call_columns_named(const std::vector<std::string>& names) {
  CallColumns columns;
  for (const std::string& name : names) {
    const CallColumn* column = column_named(name);
    if (column == nullptr)
      throw UsageError("--columns '" + visible(name) + "': it must be one of " +
                       call_column_names());
    columns.push_back(column);
  }
  return columns;
}

std::vector<Table::Column> headings_of(const CallColumns& columns, std::int64_t now_ns) {
  std::vector<Table::Column> headings;
  for (const CallColumn* column : columns) {
    std::string heading = column->heading;
    if (heading == "TIME") heading += " (" + local_zone(now_ns) + ")";
    headings.push_back({std::move(heading), column->right});
  }
  return headings;
}

Table::Row row_of(const CallColumns& columns, const CallRecord& call,
                  std::int64_t now_ns) {
  Table::Row row;
  for (const CallColumn* column : columns) row.push_back(column->cell(call, now_ns));
  return row;
}

}  // namespace hookjournal
