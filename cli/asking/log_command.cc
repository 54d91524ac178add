#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "cli/call_words.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"
#include "cli/table.h"
#include "cli/time_text.h"
#include "journal/call_json.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "One line a call, newest last. A terminal that is asked for nothing in particular\n"
    "gets the newest that fit its screen. TOOK counts from the first script's start to\n"
    "the end of the last; '>' marks a call that still runs. A consequence in "
    "parentheses\n"
    "is what libvirt would have done: the call was not its own.\n"
    "\n"
    "example: what went wrong since yesterday, and which call it was in full\n"
    "  hookjournal log --outcome failed --since yesterday\n"
    "  hookjournal show 4711\n";

Style style_of(const CallRecord& call) {
  if (call.outcome == Outcome::failed) return Style::bad;
  return call.outcome == Outcome::ok ? Style::plain : Style::warning;
}

// The heading names today's zone; a row of another season names its own.
std::string time_words(std::int64_t at_ns, std::int64_t now_ns) {
  return local_zone(at_ns) == local_zone(now_ns) ? local_clock_text(at_ns)
                                                 : local_time_text(at_ns);
}

Table::Row row_of(const CallRecord& call, std::int64_t now_ns) {
  const Style style = style_of(call);
  const bool quiet = call.consequence == Consequence::none;
  // A filter may succeed and yet print what libvirt refuses.
  const bool refused = call.output_judgement.verdict == OutputVerdict::invalid;
  return {{std::to_string(call.id)},
          {time_words(call.at_ns, now_ns)},
          {visible(call.driver)},
          {visible(call.object)},
          {operation_words(call)},
          {std::string(to_string(call.outcome)), style},
          {consequence_word(call.consequence, call.origin), quiet     ? Style::faint
                                                            : refused ? Style::bad
                                                                      : style},
          {elapsed_words(call, now_ns)},
          {script_words(call)}};
}

// True when there was a call.
bool list_as_text(JournalReader& journal, const Selection& selection, std::int64_t now_ns,
                  Output& output) {
  Table table(output, {{"ID", true},
                       {"TIME (" + local_zone(now_ns) + ")"},
                       {"DRIVER"},
                       {"OBJECT"},
                       {"OPERATION"},
                       {"OUTCOME"},
                       {"CONSEQUENCE"},
                       {"TOOK", true},
                       {"SCRIPTS"}});
  bool any = false;
  journal.for_each_call(selection, [&](const CallRecord& call) {
    table.add(row_of(call, now_ns));
    any = true;
  });
  table.finish();
  return any;
}

void list_as_json(JournalReader& journal, const Selection& selection, Output& output) {
  journal.for_each_call(selection, [&output](const CallRecord& call) {
    output.bytes(call_to_json(call) + "\n");
  });
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

}  // namespace

int run_log(int argc, char** argv) {
  CLI::App app("List recorded hook calls.");
  app.footer(kExample);
  SelectionOptions options(app);
  JournalOption journal_option(app);
  bool json = false, no_pager = false;
  app.add_flag("--json", json, "One object a line, for programs");
  app.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = parse_command_line(app, argc, argv)) return *status;

  const std::int64_t now_ns = now().wall_ns;
  Selection selection = options.selection(now_ns);
  JournalReader journal(journal_option.file());
  bool any = true;
  std::int64_t left_out = 0;
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    if (json) return list_as_json(journal, selection, output);
    if (output.terminal() && !options.any())
      left_out = fit_screen(journal, output, selection);
    any = list_as_text(journal, selection, now_ns, output);
  });
  if (left_out > 0)
    std::fprintf(stderr,
                 "hookjournal: %lld earlier %s left out; --last N or --last all shows "
                 "more\n",
                 static_cast<long long>(left_out), left_out == 1 ? "call" : "calls");
  if (!any)
    std::fprintf(
        stderr, "hookjournal: %s\n",
        options.any() ? "no recorded call is like that" : "no call is recorded yet");
  return 0;
}

}  // namespace hookjournal
