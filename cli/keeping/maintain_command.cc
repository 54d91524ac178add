#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/keeping/own_spools.h"
#include "engine/config.h"
#include "engine/error.h"
#include "journal/spool.h"
#include "journal/upkeep.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kExplanation =
    "Brings the journal up to this version, takes in runs that could not be written in\n"
    "time, notes recorders that died, removes old calls and notes the journal's\n"
    "head elsewhere as the configuration says, empties the write-ahead log. The\n"
    "package's timer does it every hour; a second time does no harm. Only the journal\n"
    "that the hooks of --hooks-dir write gets the runs that wait for it. Those of other "
    "users stay: they\n"
    "have journals of their own, and `hookjournal maintain` as that user fills it.\n"
    "\n"
    "A line for each thing done. Exits 3 when something is left that a person must see "
    "to.\n";

// Nothing to do is well on a host where nothing is recorded, for the timer comes with the
// package. It is not where hooks write to a journal that has gone.
int without_journal(const fs::path& journal, int reason, const fs::path& hooks_dir,
                    bool hooks_write, const fs::path& spool) {
  const std::string missing =
      with_errno("cannot open journal " + journal.string(), reason);
  if (reason != ENOENT || !hooks_write) throw Error(missing);
  const fs::path ours = config_path(hooks_dir).parent_path();
  if (fs::exists(ours) || !spooled_files(spool).empty())
    throw Error(missing + ", though hooks of " + hooks_dir.string() +
                " are recorded; what they do waits in " + spool.string() +
                " until it is back. Is a file system not mounted? `hookjournal install` "
                "makes a new journal");
  std::printf("nothing is recorded here: there is no journal %s\n",
              visible(journal.native()).c_str());
  return 0;
}

void write_lines(std::FILE* to, const char* before,
                 const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    std::fprintf(to, "%s%s\n", before, visible(line).c_str());
}

}  // namespace

int run_maintain(int argc, char** argv) {
  CommandLine line("Keep a journal in good order.", kExplanation);
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const fs::path journal = journal_option.file();
  const Config config = load_config(journal_option.hooks_dir());
  const bool hooks_write = hooks_write_to(journal, config);
  if (::access(journal.c_str(), F_OK) != 0)
    return without_journal(journal, errno, journal_option.hooks_dir(), hooks_write,
                           config.spool);

  Upkeep upkeep{.journal = journal,
                .spools = own_spools(journal, config),
                .journal_cap = config.journal_cap};
  upkeep.anchors = {.syslog = config.anchor_syslog != "no",
                    .file = config.anchor_file,
                    .command = config.anchor_command};
  upkeep.keep_days = config.keep_days;
  upkeep.keep_failures_days = config.keep_failures_days;
  upkeep.keep_bytes = config.keep_bytes;
  const UpkeepReport report = keep_up(upkeep);
  write_lines(stdout, "", report.done);
  write_lines(stderr, "hookjournal: ", report.left);
  if (report.done.empty() && report.left.empty()) std::puts("nothing to do");
  return report.left.empty() ? 0 : 3;
}

}  // namespace hookjournal
