#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "journal/journal.h"
#include "journal/journal_writer.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kLockPatience{30'000};

constexpr const char* kExplanation =
    "The events are the journal; its tables of calls and runs only answer questions\n"
    "faster. --rebuild makes these tables again from the events, in one step: readers\n"
    "see the old ones or the new ones. Hooks that run meanwhile are spooled and taken\n"
    "in later.\n"
    "\n"
    "example: the tables were changed by hand\n"
    "  hookjournal compact --rebuild\n";

}  // namespace

int run_compact(int argc, char** argv) {
  CLI::App app("Make a journal's tables again from its events.");
  app.footer(kExplanation);
  bool rebuild = false;
  app.add_flag("--rebuild", rebuild, "Do so; compact does nothing else yet")->required();
  const JournalOption journal_option(app);
  if (const auto status = parse_command_line(app, argc, argv)) return *status;

  // Explains better than a writer what may be wrong with a journal.
  JournalReader reader(journal_option.file());
  JournalWriter journal(journal_option.file(), kLockPatience);
  journal.rebuild();
  journal.make_durable();
  journal.checkpoint_if_long();
  const auto figures = reader.figures();
  std::printf("made %lld calls and %lld runs from %lld events\n",
              static_cast<long long>(figures.calls), static_cast<long long>(figures.runs),
              static_cast<long long>(figures.events));
  return 0;
}

}  // namespace hookjournal
