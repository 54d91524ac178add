#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/asking/host_calls.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"
#include "cli/table.h"
#include "cli/time_text.h"
#include "journal/asking/call_json.h"
#include "journal/asking/call_stats.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExample =
    "Times are from the start of a call's first script to the end of its last; of a\n"
    "script, of its runs. Most time in all comes first. With --since a trend is shown:\n"
    "the numbers of calls and of failures and the median time against the period of the\n"
    "same length before.\n"
    "\n"
    "example: what hooks cost since yesterday\n"
    "  hookjournal stats --since yesterday\n";

constexpr std::size_t kBarWidth = 10;

// Eight heights; nothing is a blank.
std::string sparkline(const std::vector<std::uint64_t>& counts) {
  constexpr const char* kHeights[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::uint64_t most = counts.empty() ? 0 : *std::ranges::max_element(counts);
  std::string line;
  for (const std::uint64_t count : counts)
    line += kHeights[most == 0 ? 0 : (count * 8 + most - 1) / most];
  return line;
}

std::string bar(std::int64_t part, std::int64_t most) {
  const auto filled = static_cast<std::size_t>(
      most <= 0 ? 0 : (part * static_cast<std::int64_t>(kBarWidth) + most / 2) / most);
  std::string text;
  for (std::size_t i = 0; i < kBarWidth; ++i) text += i < filled ? "█" : "░";
  return text;
}

// "+20 %", "-", "new"
template <typename Count>
std::string trend(Count now, Count before) {
  if (before == 0) return now == 0 ? "-" : "new";
  const double change =
      (static_cast<double>(now) / static_cast<double>(before) - 1) * 100;
  return change > -0.5 && change < 0.5 ? "=" : fmt::format("{:+.0f} %", change);
}

void write_rows(Output& output, const char* title, const std::vector<StatsRow>& rows,
                bool with_before) {
  std::vector<Table::Column> columns = {{title},       {"CALLS", true}, {"FAILED", true},
                                        {"P50", true}, {"P90", true},   {"P99", true},
                                        {"MAX", true}, {"TOTAL", true}};
  if (with_before)
    columns.insert(columns.end(),
                   {{"CALLS +-", true}, {"FAILED +-", true}, {"P50 +-", true}});
  if (output.terminal()) columns.insert(columns.end(), {{"SHARE"}, {"OVER TIME"}});
  Table table(output, columns);
  for (const StatsRow& row : rows) {
    const TimeStats& now = row.now;
    const std::string name =
        row.script.empty() ? row.driver + " " + row.operation : row.script;
    Table::Row cells = {
        {visible(name)},
        {std::to_string(now.calls)},
        {std::to_string(now.failed), now.failed > 0 ? Style::bad : Style::plain}};
    for (const std::int64_t ns : {now.p50, now.p90, now.p99, now.most, now.total})
      cells.push_back({duration_text(ns)});
    if (with_before) {
      cells.push_back({trend(now.calls, row.before->calls)});
      cells.push_back({trend(now.failed, row.before->failed)});
      cells.push_back({trend(now.p50, row.before->p50)});
    }
    if (output.terminal()) {
      cells.push_back({bar(now.total, rows.front().now.total), Style::faint});
      cells.push_back({sparkline(row.over_time), Style::faint});
    }
    table.add(std::move(cells));
  }
  table.finish();
}

double share_of(std::int64_t part, std::int64_t whole) {
  return whole <= 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void write_text(Output& output, const CallStats& stats) {
  output.text(
      local_time_text(stats.since_ns) + " to " + local_time_text(stats.until_ns) + "\n\n",
      Style::heading);
  write_rows(output, "OPERATION", stats.operations, stats.before_ns.has_value());
  output.text("\n");
  write_rows(output, "SCRIPT", stats.scripts, stats.before_ns.has_value());
  if (stats.starts == 0) return;
  output.text(fmt::format(
      "\n{} {} of guests took {} in all, from `prepare` to "
      "`started`: hooks ran for "
      "{:.1f} % of it\n",
      stats.starts, stats.starts == 1 ? "start" : "starts", duration_text(stats.start_ns),
      100 * share_of(stats.hooks_ns, stats.start_ns)));
}

Json json_of(const TimeStats& times) {
  return {{"calls", times.calls},   {"failed", times.failed}, {"p50_ns", times.p50},
          {"p90_ns", times.p90},    {"p99_ns", times.p99},    {"max_ns", times.most},
          {"total_ns", times.total}};
}

Json json_of(const StatsRow& row) {
  Json json = row.script.empty()
                  ? Json({{"driver", row.driver}, {"operation", row.operation}})
                  : Json({{"script", row.script}});
  json.update(json_of(row.now));
  json["before"] = row.before ? json_of(*row.before) : Json();
  json["over_time"] = row.over_time;
  return json;
}

Json list_of(const std::vector<StatsRow>& rows) {
  Json list = Json::array();
  for (const StatsRow& row : rows) list.push_back(json_of(row));
  return list;
}

std::string to_json(const CallStats& stats) {
  const Json json = {
      {"since", utc_time_text(stats.since_ns)},
      {"until", utc_time_text(stats.until_ns)},
      {"before", stats.before_ns ? Json(utc_time_text(*stats.before_ns)) : Json()},
      {"operations", list_of(stats.operations)},
      {"scripts", list_of(stats.scripts)},
      {"starts",
       {{"count", stats.starts},
        {"elapsed_ns", stats.start_ns},
        {"hooks_ns", stats.hooks_ns},
        {"share",
         stats.starts == 0 ? Json() : Json(share_of(stats.hooks_ns, stats.start_ns))}}}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

int run_stats(int argc, char** argv) {
  CommandLine line("Count calls, failures and times.", kExample);
  SelectionOptions options(line);
  JournalOption journal_option(line);
  bool json = false, no_pager = false;
  line.add_flag("--json", json, "One object, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::int64_t now_ns = now().wall_ns;
  JournalReader journal(journal_option.file());
  const Selection asked = options.selection(now_ns);
  // To leave nothing out takes longer than to look whether there is anything.
  const bool others = count_left_out(journal, asked, journal_option) > 0;
  const Selection selection = others ? host_calls(asked, journal_option) : asked;
  const CallStats stats = call_stats(journal, selection, now_ns);
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    if (json)
      output.bytes(to_json(stats) + "\n");
    else if (!stats.operations.empty())
      write_text(output, stats);
  });
  if (others) tell_of_left_out(journal, asked, journal_option);
  if (stats.operations.empty() && !json)
    std::fprintf(stderr, "hookjournal: no recorded call is like that\n");
  return 0;
}

}  // namespace hookjournal
