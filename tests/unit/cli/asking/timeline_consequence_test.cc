#include "cli/commands.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

using namespace hookjournal;

TEST_CASE("timeline says what libvirt did, and what it would have done", "[cli]") {
  SampleJournal journal;
  journal.add("qemu", {"win11", "prepare", "begin", "-"}, Exited{3});
  auto by_hand = run_start("qemu", {"web", "prepare", "begin", "-"});
  by_hand.origin = Origin::other;
  journal.add(by_hand, run_end(Exited{3}));
  const auto result =
      run_command(run_timeline, {"timeline", "--journal", journal.file().string()});
  CHECK_THAT(result.out, ContainsSubstring("  start-refused") &&
                             ContainsSubstring("(start-refused)"));
}
