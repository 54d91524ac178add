#include <cstdio>

#include "cli/asking/host_calls.h"
#include "cli/asking/timeline_text.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "Each lifecycle begins with the first hook of a start (or of a migration or "
    "restore)\n"
    "and ends with the release. Calls that libvirt would not have made in that order "
    "are\n"
    "named: one is missing, then, or came from elsewhere.\n"
    "\n"
    "example: what became of a guest since yesterday\n"
    "  hookjournal timeline win11 --since yesterday\n";

}  // namespace

int run_timeline(int argc, char** argv) {
  CommandLine line("Show the calls of guests and networks as lifecycles.", kExample);
  std::vector<std::string> objects;
  line.add_argument("OBJECT", objects, "Guests or networks; without one, all");
  SelectionOptions options(line);
  JournalOption journal_option(line);
  bool json = false, irregular = false, no_pager = false;
  line.add_flag("--irregular", irregular, "Only lifecycles with something irregular");
  line.add_flag("--json", json, "One object a line, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::int64_t now_ns = now().wall_ns;
  Selection asked = options.selection(now_ns);
  asked.objects.insert(asked.objects.end(), objects.begin(), objects.end());
  const Selection selection = host_calls(asked, journal_option);
  JournalReader journal(journal_option.file());
  bool any = false;
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    for_each_lifecycle(journal, selection, [&](const Lifecycle& life) {
      if (irregular && life.regular()) return;
      if (json) return output.bytes(lifecycle_to_json(life) + "\n");
      if (any) output.text("\n");
      any = true;
      write_lifecycle(output, life, now_ns);
    });
  });
  tell_of_left_out(journal, asked, journal_option);
  if (!any && !json)
    std::fprintf(stderr, "hookjournal: no recorded %s is like that\n",
                 irregular ? "irregular lifecycle" : "lifecycle");
  return 0;
}

}  // namespace hookjournal
