#include <cstdio>
#include <utility>
#include <vector>

#include "cli/asking/call_text.h"
#include "cli/asking/host_calls.h"
#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"
#include "engine/error.h"
#include "journal/asking/call_json.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "Long inputs and outputs are shown in part; the text names the command that gives\n"
    "all of one.\n"
    "\n"
    "example: why the last guest did not start\n"
    "  hookjournal show --consequence start-refused,start-undone --last 1\n";

}  // namespace

int run_show(int argc, char** argv) {
  CommandLine line("Tell everything about recorded calls.", kExample);
  std::vector<std::int64_t> ids;
  line.add_argument("ID", ids, "The calls; `log` has their numbers")
      .check(wrong_call_number);
  SelectionOptions options(line);
  JournalOption journal_option(line);
  bool json = false, no_pager = false;
  line.add_flag("--json", json, "One object a line, as `log --json`");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;
  if (ids.empty() && !options.any())
    throw UsageError("say which calls: give their numbers, or select some, as --last 1");
  if (!ids.empty() && options.any())
    throw UsageError("give the numbers of calls or select some, not both");

  const Selection asked = options.selection(now().wall_ns);
  JournalReader journal(journal_option.file());
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  bool any = false;
  write_output(paging, [&](Output& output) {
    const auto write = [&](const CallRecord& call) {
      const bool first = !std::exchange(any, true);
      if (json) return output.bytes(call_to_json(call) + "\n");
      if (!first) output.text("\n");
      CallText(journal, call, output, journal_option.repeated()).write();
    };
    if (ids.empty())
      return journal.for_each_call(host_calls(asked, journal_option), write);
    std::vector<CallRecord> calls;
    calls.reserve(ids.size());
    for (const std::int64_t id : ids) calls.push_back(call_or_usage_error(journal, id));
    for (const CallRecord& call : calls) write(call);
  });
  if (ids.empty()) tell_of_left_out(journal, asked, journal_option);
  if (!any && !json) std::fprintf(stderr, "hookjournal: no recorded call is like that\n");
  return 0;
}

}  // namespace hookjournal
