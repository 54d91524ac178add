#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "cli/keeping/secret_options.h"
#include "journal/journal.h"
#include "journal/keeping/redacting.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kLockPatience{30'000};

constexpr const char* kExplanation =
    "Replaces console passwords (passwd='...') and what --secrets names in all that\n"
    "scripts read and printed, by as many '*'. What is recorded from here on is not\n"
    "changed by it. The chain stays verifiable: the events keep the digest of what was\n"
    "there, and an event says what took its place. Such a digest tells whether a guess\n"
    "was right, so a short secret is to be changed all the same. Scripts and "
    "environment\n"
    "are left as they are; copies and backups too.\n"
    "\n"
    "example: a token that a script printed\n"
    "  hookjournal redact --secrets token.txt\n";

}  // namespace

int run_redact(int argc, char** argv) {
  CLI::App app("Replace secrets in what was recorded.");
  app.footer(kExplanation);
  const SecretOptions secrets(app);
  const JournalOption journal_option(app);
  if (const auto status = parse_command_line(app, argc, argv)) return *status;

  const RedactStream redaction = secrets.redaction();
  const JournalReader opened(journal_option.file());  // explains what is no journal
  JournalWriter journal(journal_option.file(), kLockPatience);
  const RedactReport report = redact_journal(
      journal, redaction,
      secrets.any() ? "passwords, and secrets that were named" : "passwords");
  if (report.blobs == 0)
    std::puts("no secret was found");
  else
    std::printf("replaced %llu secrets in %llu inputs and outputs\n",
                static_cast<unsigned long long>(report.secrets),
                static_cast<unsigned long long>(report.blobs));
  return 0;
}

}  // namespace hookjournal
