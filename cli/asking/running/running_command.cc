#include <cstdio>

#include "cli/asking/running/running_json.h"
#include "cli/asking/running/running_text.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"

namespace hookjournal {

namespace {

constexpr const char* kExplanation =
    "The scripts that run now: since when, their processes, what each of these waits "
    "for\n"
    "and what its pipes and sockets lead to. What is known to hang hooks is named when "
    "it\n"
    "is seen: a process that keeps a pipe open after the script's end, a call back into\n"
    "libvirt while that holds the guest's lock, a lock, a stopped process.\n"
    "\n"
    "It reads the journal and /proc and never asks libvirt, so it answers while `virsh\n"
    "list` hangs. What other users' processes wait for only root is told. Of a script "
    "that\n"
    "runs for more than a second it shows what that has printed, up to a second ago.\n"
    "\n"
    "exit: 0, whether something runs or not\n"
    "\n"
    "example: a guest does not come up, and virsh hangs\n"
    "  hookjournal running\n";

}  // namespace

int run_running(int argc, char** argv) {
  CommandLine line("Tell which scripts run now, and what they wait for.", kExplanation);
  SelectionOptions options(line);
  JournalOption journal_option(line);
  bool json = false, no_pager = false;
  line.add_flag("--json", json, "One object a line, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::int64_t now_ns = now().wall_ns;
  const Selection selection = options.selection(now_ns);
  JournalReader journal(journal_option.file());
  const auto scripts = running_scripts(journal, journal_option.file(), selection);
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    bool first = true;
    for (const RunningScript& script : scripts) {
      if (json) {
        output.bytes(running_to_json(script, now_ns) + "\n");
        continue;
      }
      if (!first) output.text("\n");
      first = false;
      write_running(output, script, now_ns);
    }
  });
  if (scripts.empty() && !json)
    std::fputs(options.any() ? "hookjournal: no script that is like that runs now\n"
                             : "hookjournal: no script runs now\n",
               stderr);
  return 0;
}

}  // namespace hookjournal
