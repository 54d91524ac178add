#include "replay/recorded_call.h"

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

TEST_CASE("a recorded call comes back with its words and its input", "[replay]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", {"g1", "release", "end", "from snapshot"});
  const auto id =
      journal.whole(start, KeptStream{"<domain/>", 9}, {}, maker.end(start, Exited{0}));
  auto reader = fresh.reader();
  CHECK(recorded_call(reader, id) ==
        HookCall{"qemu", "g1", "release", "end", "from snapshot", "<domain/>"});
}

TEST_CASE("an input that was not kept whole is not run again", "[replay]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", {"g1", "prepare", "begin", "-"});
  const auto id = journal.whole(start, KeptStream{"<dom", 900, true, 0}, {},
                                maker.end(start, Exited{0}));
  auto reader = fresh.reader();
  CHECK_THROWS_WITH(recorded_call(reader, id), ContainsSubstring("--input"));
  CHECK_THROWS_AS(recorded_call(reader, 4711), UsageError);
}
