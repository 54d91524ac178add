#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "cli/asking/call_list.h"
#include "cli/asking/group_list.h"
#include "cli/asking/host_calls.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"
#include "engine/error.h"
#include "journal/asking/call_groups.h"
#include "journal/asking/call_json.h"
#include "journal/asking/object_names.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

constexpr const char* kGroupings =
    "object, script, operation, driver, outcome, consequence, tree, hour, day";

const std::string kColumnsHelp =
    "id, call_uuid, host, at, driver, object, object_uuid, operation,\n"
    "suboperation, extra, outcome, consequence, origin, answer, elapsed_ns,\n"
    "tree, caller, scripts";

constexpr const char* kExample =
    "One line a call, newest last. A terminal that is asked for nothing in particular\n"
    "gets the newest that fit its screen. TOOK counts from the first script's start to\n"
    "the end of the last; '>' marks a call that still runs. A consequence in "
    "parentheses\n"
    "is what libvirt would have done: the call was not its own.\n"
    "\n"
    "In text, starts and shutdowns of daemons in a row that went well are one line, "
    "with\n"
    "their number and the time of the last, unless they are asked for (--unfold,\n"
    "--driver daemon). In the journal that `install` made, calls of `run` and "
    "`simulate`\n"
    "are left out unless --origin or --call names them; a note says how many. CSV has\n"
    "raw values, times in UTC; a text that a spreadsheet would take for a formula "
    "begins\n"
    "with '.\n"
    "\n"
    "example: what went wrong since yesterday, and which call it was in full\n"
    "  hookjournal log --outcome failed --since yesterday\n"
    "  hookjournal show 4711\n";

struct Wanted {
  Selection selection;
  CallColumns columns;
  std::optional<GroupBy> group_by;
  bool json = false, csv = false, unfold = false;
};

// What a list showed: whether there was a call, where the first one stands in time, and
// how many before it a screen had no room for.
struct Shown {
  bool any = false;
  std::int64_t since_ns = 0, left_out = 0;
};

Shown list_as_text(JournalReader& journal, const Wanted& wanted, std::int64_t now_ns,
                   Output& output) {
  const auto daemons =
      wanted.unfold ? CallList::Daemons::each : CallList::Daemons::folded;
  CallList list(output, wanted.columns, daemons, now_ns);
  Shown shown;
  journal.for_each_call(wanted.selection, [&](const CallRecord& call) {
    if (list.empty()) shown.since_ns = call.at_ns;
    list.add(call);
  });
  list.finish();
  shown.any = !list.empty();
  return shown;
}

void list_as_csv(JournalReader& journal, const Wanted& wanted, Output& output) {
  std::vector<std::string> fields;
  for (const CallColumn* column : wanted.columns) fields.emplace_back(column->name);
  output.bytes(csv_line(fields));
  journal.for_each_call(wanted.selection, [&](const CallRecord& call) {
    fields.clear();
    for (const CallColumn* column : wanted.columns) fields.push_back(column->field(call));
    output.bytes(csv_line(fields));
  });
}

void list_as_json(JournalReader& journal, const Selection& selection, Output& output) {
  journal.for_each_call(selection, [&output](const CallRecord& call) {
    output.bytes(call_to_json(call) + "\n");
  });
}

// True when there was a group.
bool list_groups(JournalReader& journal, const Wanted& wanted, std::int64_t now_ns,
                 Output& output) {
  const auto groups = call_groups(journal, wanted.selection, *wanted.group_by);
  if (wanted.json)
    write_groups_json(output, groups, *wanted.group_by);
  else if (wanted.csv)
    write_groups_csv(output, groups, *wanted.group_by);
  else
    write_groups_text(output, groups, *wanted.group_by, now_ns);
  return !groups.empty();
}

// A guest that was renamed has calls under other names.
void tell_of_names(JournalReader& journal, const std::string& object) {
  const std::vector<std::string> names = other_names(journal, object);
  if (names.empty()) return;
  std::string list;
  for (const std::string& name : names)
    list += (list.empty() ? "" : ", ") + visible(name);
  std::fprintf(stderr,
               "hookjournal: %s is also known as %s, under the same UUID; --uuid shows "
               "all its calls\n",
               visible(object).c_str(), list.c_str());
}

std::optional<GroupBy> group_by(const std::string& word) {
  if (word.empty()) return {};
  const auto by = group_by_named(word);
  if (!by)
    throw UsageError("--group-by '" + visible(word) + "': it must be one of " +
                     kGroupings);
  return by;
}

// Lines of a screen that are not the list's: headings, the note, the prompt.
constexpr std::size_t kOtherLines = 4;

// Limits what was not asked for in particular to one screen. Returns how many calls that
// leaves out.
std::int64_t fit_screen(JournalReader& journal, const Output& output,
                        Selection& selection) {
  const auto room = static_cast<std::int64_t>(
      output.height() > kOtherLines ? output.height() - kOtherLines : 1);
  const std::int64_t all = journal.count_calls(selection);
  if (all <= room) return 0;
  selection.last = room;
  return all - room;
}

// `to_fit`: a screen is to be filled, and no more.
Shown list_calls(JournalReader& journal, Wanted& wanted, bool to_fit, std::int64_t now_ns,
                 Output& output) {
  Shown shown{.any = true};
  if (wanted.group_by) {
    const bool any = list_groups(journal, wanted, now_ns, output);
    shown.any = any || wanted.json || wanted.csv;
  } else if (wanted.json) {
    list_as_json(journal, wanted.selection, output);
  } else if (wanted.csv) {
    list_as_csv(journal, wanted, output);
  } else {
    const bool fits = to_fit && output.terminal();
    const auto left_out = fits ? fit_screen(journal, output, wanted.selection) : 0;
    shown = list_as_text(journal, wanted, now_ns, output);
    shown.left_out = left_out;
  }
  return shown;
}

}  // namespace

int run_log(int argc, char** argv) {
  CommandLine line("List recorded hook calls.", kExample);
  std::string grouping;
  const Option grouping_option =
      line.add_option("--group-by", grouping,
                      std::string("Count instead, a line for each ") + kGroupings)
          .takes("WHAT");
  std::vector<std::string> columns;
  const Option columns_option =
      line.add_option("--columns", columns,
                      "Of text and CSV, in this order:\n" + kColumnsHelp)
          .split_at(',')
          .one_at_a_time()
          .takes("NAME,...")
          .excludes(grouping_option);
  Wanted wanted;
  line.add_flag("--unfold", wanted.unfold,
                "Each start and shutdown of a daemon on a line");
  SelectionOptions options(line);
  JournalOption journal_option(line);
  bool no_pager = false;
  const Option json_flag =
      line.add_flag("--json", wanted.json, "One object a line, for programs")
          .excludes(columns_option);
  line.add_flag("--csv", wanted.csv, "Comma-separated, a line of names first")
      .excludes(json_flag);
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::int64_t now_ns = now().wall_ns;
  const Selection asked = options.selection(now_ns);
  wanted.group_by = group_by(grouping);
  wanted.columns = !columns.empty() ? call_columns_named(columns)
                   : wanted.csv     ? all_call_columns()
                                    : usual_call_columns();
  // Who asks for the daemons' calls wants to see them.
  wanted.unfold = wanted.unfold || !asked.calls.empty() ||
                  std::ranges::find(asked.drivers, "daemon") != asked.drivers.end();
  JournalReader journal(journal_option.file());
  // To count all but some takes longer than to look whether there are any.
  const bool all = wanted.group_by && count_left_out(journal, asked, journal_option) == 0;
  wanted.selection = all ? asked : host_calls(asked, journal_option);
  Shown shown{.any = true};  // for who leaves the pager early
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    shown = list_calls(journal, wanted, !options.any(), now_ns, output);
  });
  if (!wanted.json && !wanted.csv && asked.uuids.empty())
    for (const std::string& object : asked.objects) tell_of_names(journal, object);
  // What the newest leave out lies among them.
  tell_of_left_out(journal, asked, journal_option,
                   wanted.selection.last ? shown.since_ns : 0);
  if (shown.left_out > 0)
    std::fprintf(stderr,
                 "hookjournal: %lld earlier %s left out; --last N or --last all shows "
                 "more\n",
                 static_cast<long long>(shown.left_out),
                 shown.left_out == 1 ? "call" : "calls");
  if (!shown.any)
    std::fprintf(
        stderr, "hookjournal: %s\n",
        options.any() ? "no recorded call is like that" : "no call is recorded yet");
  return 0;
}

}  // namespace hookjournal
