#include <unistd.h>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/doctor/doctor.h"
#include "cli/install/file_attributes.h"
#include "cli/install/image_root.h"
#include "cli/install/our_folder.h"
#include "cli/install/recorder_path.h"
#include "cli/journal_option.h"
#include "engine/config.h"
#include "journal/spool.h"

namespace hookjournal {

namespace {

RecorderHealth look_at_recorder(const std::filesystem::path& hooks_dir,
                                const std::filesystem::path& journal) {
  RecorderHealth health;
  // Who must reload is found for directories that nothing is installed in as well.
  health.hooks = look_at_hooks({hooks_dir, recorder_beside_us(), {}, {}});
  if (!health.hooks.installed) return health;
  const Config config = load_config(hooks_dir);
  health.journal =
      look_at_journal(journal,
                      {config.spool.empty() ? default_spool(::geteuid()) : config.spool,
                       spool_beside(journal)},
                      config.journal_cap);
  health.disk = disk_under(journal);
  health.journal_is_roots = ::geteuid() != 0 && status_of(hooks_dir).st_uid == 0;
  health.half_done = left_half_done(hooks_dir);
  return health;
}

}  // namespace

int run_doctor(int argc, char** argv) {
  CommandLine line("Find what keeps hook scripts from working, with a remedy for each.",
                   "Exit status: 0 nothing to do, 1 something needs doing.");
  JournalOption journal_option(line);
  bool as_json = false, list_rules = false;
  line.add_flag("--json", as_json, "One JSON object a finding, for programs");
  line.add_flag("--rules", list_rules, "List what is looked for, and why");
  if (const auto status = line.parse(argc, argv)) return *status;

  if (list_rules) {
    write_output(Output::Paging::when_on_terminal, write_rules);
    return 0;
  }
  const auto directory = absolute_path(journal_option.hooks_dir());
  const auto journal = journal_option.file();
  const auto recorder = look_at_recorder(directory, journal);
  const auto findings =
      diagnose({directory, facts_of_this_host(), known_by_journal(journal), recorder});
  write_output(Output::Paging::never, [&](Output& output) {
    if (as_json) return output.bytes(findings_json(findings));
    write_findings(findings, output);
  });
  return needs_doing(findings) ? 1 : 0;
}

}  // namespace hookjournal
