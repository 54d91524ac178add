#include <chrono>
#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/journal_option.h"
#include "cli/keeping/size_words.h"
#include "journal/journal.h"
#include "journal/journal_writer.h"
#include "journal/keeping/compacting.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kLockPatience{30'000};

constexpr const char* kExplanation =
    "Packs what scripts read and printed tighter (a guest's XML hardly changes from "
    "call\n"
    "to call), removes what nothing refers to, and gives the room back. Nothing that "
    "can\n"
    "be read changes. Hooks may run meanwhile; when the file is written anew at the "
    "end,\n"
    "they spool and are taken in later.\n"
    "\n"
    "The events are the journal; its tables of calls and runs only answer questions\n"
    "faster. --rebuild makes these tables again from the events, in one step: readers\n"
    "see the old ones or the new ones.\n"
    "\n"
    "example: the tables were changed by hand\n"
    "  hookjournal compact --rebuild\n";

int rebuild_tables(JournalReader& reader, JournalWriter& journal) {
  journal.rebuild();
  journal.make_durable();
  journal.checkpoint_if_long();
  const auto figures = reader.figures();
  std::printf("made %lld calls and %lld runs from %lld events\n",
              static_cast<long long>(figures.calls), static_cast<long long>(figures.runs),
              static_cast<long long>(figures.events));
  return 0;
}

int make_smaller(JournalWriter& journal) {
  const CompactReport report = compact(journal);
  std::printf("packed %lld inputs and outputs tighter; the journal takes %s of %s",
              static_cast<long long>(report.packed),
              size_words(report.bytes_after).c_str(),
              size_words(report.bytes_before).c_str());
  if (report.calls > 0)
    std::printf(", %lld bytes a call", static_cast<long long>(report.bytes_after) /
                                           static_cast<long long>(report.calls));
  std::puts("");
  return 0;
}

}  // namespace

int run_compact(int argc, char** argv) {
  CommandLine line("Make a journal smaller, or its tables again from its events.",
                   kExplanation);
  bool rebuild = false;
  line.add_flag("--rebuild", rebuild, "Make the tables again, and nothing else");
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  // Explains better than a writer what may be wrong with a journal.
  JournalReader reader(journal_option.file());
  JournalWriter journal(journal_option.file(), kLockPatience);
  return rebuild ? rebuild_tables(reader, journal) : make_smaller(journal);
}

}  // namespace hookjournal
