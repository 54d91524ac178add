#include <CLI/CLI.hpp>
#include <vector>

#include "cli/asking/call_text.h"
#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "journal/call_json.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "Long inputs and outputs are shown in part; the text names the command that gives\n"
    "all of one.\n"
    "\n"
    "example: why the last guest did not start\n"
    "  hookjournal log --consequence start-refused,start-undone --last 1\n"
    "  hookjournal show 4711\n";

}  // namespace

int run_show(int argc, char** argv) {
  CLI::App app("Tell everything about recorded calls.");
  app.footer(kExample);
  std::vector<std::int64_t> ids;
  app.add_option("ID", ids, "The calls; `log` has their numbers")
      ->required()
      ->type_name("")
      ->check(wrong_call_number);
  JournalOption journal_option(app);
  bool json = false, no_pager = false;
  app.add_flag("--json", json, "One object a line, as `log --json`");
  app.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = parse_command_line(app, argc, argv)) return *status;

  JournalReader journal(journal_option.file());
  std::vector<CallRecord> calls;
  calls.reserve(ids.size());
  for (const std::int64_t id : ids) calls.push_back(call_or_usage_error(journal, id));
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    for (const CallRecord& call : calls) {
      if (json) {
        output.bytes(call_to_json(call) + "\n");
        continue;
      }
      if (&call != &calls.front()) output.text("\n");
      CallText(journal, call, output, journal_option.repeated()).write();
    }
  });
  return 0;
}

}  // namespace hookjournal
