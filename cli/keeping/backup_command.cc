#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/keeping/size_words.h"
#include "journal/keeping/backup.h"

namespace hookjournal {

namespace {

constexpr const char* kExplanation =
    "A consistent copy as of one moment; hooks write meanwhile. Every command that "
    "reads\n"
    "takes it with --journal FILE. To go on with it, put it in the journal's place and\n"
    "run `hookjournal maintain`.\n"
    "\n"
    "example: for the auditors\n"
    "  hookjournal backup --group audit /srv/audit/kvm7-2026-11.db\n";

}  // namespace

int run_backup(int argc, char** argv) {
  CommandLine line("Copy a journal while hooks write.", kExplanation);
  std::string file, group;
  line.add_argument("FILE", file, "The copy; it must not be there yet").required();
  line.add_option("--group", group, "Whose members may read it").takes("NAME");
  const JournalOption journal_option(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::uint64_t bytes = back_up(journal_option.file(), file, group);
  std::printf("copied the journal to %s, %s\n", visible(file).c_str(),
              size_words(bytes).c_str());
  return 0;
}

}  // namespace hookjournal
