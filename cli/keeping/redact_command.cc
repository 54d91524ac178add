#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/keeping/own_spools.h"
#include "cli/keeping/secret_options.h"
#include "engine/config.h"
#include "journal/intake.h"
#include "journal/journal.h"
#include "journal/journal_writer.h"
#include "journal/keeping/redacting.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kLockPatience{30'000};

// What waits to be recorded would bring its secrets in later.
void take_spooled_runs_in(JournalWriter& journal, const std::filesystem::path& file,
                          const Config& config) {
  for (const auto& folder : own_spools(file, config)) {
    const IntakeReport intake =
        take_in(journal, folder, std::numeric_limits<std::size_t>::max());
    if (intake.busy || !intake.left.empty())
      std::fprintf(stderr,
                   "hookjournal: runs wait in %s and could not be taken in: run "
                   "`hookjournal maintain`, then redact again\n",
                   visible(folder.string()).c_str());
  }
}

constexpr const char* kExplanation =
    "Replaces console passwords (passwd='...') in all that scripts read and printed, "
    "and\n"
    "what --secrets names there, in the scripts themselves and in their environment, by\n"
    "as many '*'. What is recorded from here on is not changed by it. The chain stays\n"
    "verifiable: the events keep the digest of what was there, and an event says what\n"
    "took its place. Such a digest tells whether a guess was right, so a short secret "
    "is\n"
    "to be changed all the same. A redacted script is of no use for replays. Arguments,\n"
    "names of guests and files are left as they are; copies and backups too.\n"
    "\n"
    "example: a token that a script printed\n"
    "  hookjournal redact --secrets token.txt\n";

}  // namespace

int run_redact(int argc, char** argv) {
  CommandLine line("Replace secrets in what was recorded.", kExplanation);
  const SecretOptions secrets(line);
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const Redactions redactions = secrets.redactions();
  const JournalReader opened(journal_option.file());  // explains what is no journal
  JournalWriter journal(journal_option.file(), kLockPatience);
  take_spooled_runs_in(journal, journal_option.file(),
                       load_config(journal_option.hooks_dir()));
  const RedactReport report = redact_journal(
      journal, redactions.of_streams,
      secrets.any() ? "passwords, and secrets that were named" : "passwords",
      redactions.of_others);
  if (report.still_in_log)
    std::fputs(
        "hookjournal: somebody reads the journal, and until that ends the secrets stay "
        "in\n"
        "its files; then run `hookjournal maintain`\n",
        stderr);
  if (report.blobs == 0)
    std::puts("no secret was found");
  else
    std::printf("replaced %llu secrets in %llu inputs and outputs%s\n",
                static_cast<unsigned long long>(report.secrets),
                static_cast<unsigned long long>(report.blobs),
                secrets.any() ? " (of scripts and environments, too)" : "");
  return 0;
}

}  // namespace hookjournal
