#include <unistd.h>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/install/image_root.h"
#include "cli/install/recorder_path.h"
#include "cli/install/status_text.h"
#include "cli/journal_option.h"
#include "engine/config.h"
#include "journal/spool.h"

namespace hookjournal {

namespace {

std::vector<std::filesystem::path> spools_of(const Config& config,
                                             const std::filesystem::path& journal) {
  return {config.spool.empty() ? default_spool(::geteuid()) : config.spool,
          spool_beside(journal)};
}

}  // namespace

int run_status(int argc, char** argv) {
  CommandLine line("Tell what is recorded, and what needs a person.");
  JournalOption journal_option(line);
  bool check = false, as_json = false;
  line.add_flag("--check", check, "Exit with 1 when anything needs a person");
  line.add_flag("--json", as_json, "One JSON object, for programs");
  if (const auto status = line.parse(argc, argv)) return *status;

  const auto directory = absolute_path(journal_option.hooks_dir());
  const auto file = journal_option.file();
  const HooksStatus hooks = look_at_hooks(
      {directory, recorder_beside_us(), running_daemons(), known_by_journal(file)});
  const Config config = load_config(directory);
  const JournalStatus journal =
      look_at_journal(file, spools_of(config, file), config.journal_cap);
  write_output(Output::Paging::never, [&](Output& output) {
    if (as_json) return output.bytes(status_json(hooks, journal));
    write_status(hooks, journal, output);
  });
  const bool needs_person = !hooks.findings.empty() || !journal.findings.empty();
  return check && needs_person ? 1 : 0;
}

}  // namespace hookjournal
