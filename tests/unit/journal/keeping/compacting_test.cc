#include "journal/keeping/compacting.h"

#include "engine/error.h"
#include "journal/keeping/pruning.h"
#include "journal/keeping/verify.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/keeping/flips.h"

using namespace hookjournal;
using namespace hookjournal::test;

namespace {

std::vector<std::string> inputs(const FreshJournal& fresh) {
  auto reader = fresh.reader();
  std::vector<std::string> all;
  reader.for_each_call({}, [&](const CallRecord& call) {
    for (const RunRecord& run : call.runs)
      if (run.input) all.push_back(reader.bytes(run.input->blob));
  });
  return all;
}

}  // namespace

TEST_CASE("a compacted journal is smaller and reads the same", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 300);
  const auto before = inputs(fresh);
  auto journal = fresh.writer();
  const CompactReport report = compact(journal);
  CHECK(report.packed > 200);
  CHECK(report.bytes_after < report.bytes_before);
  CHECK(inputs(fresh) == before);
  CHECK(verify(fresh.file(), {}).sound());
  CHECK(compact(journal).packed == 0);
  CHECK(verify(fresh.file(), {}).sound());
}

TEST_CASE("what others are packed with outlives its calls", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 300);
  auto journal = fresh.writer();
  compact(journal);
  prune(journal, {.before_ns = 1'700'000'000'000'000'000 + 200 * 1'000'000'000LL});
  CHECK(fresh.reader().figures().calls == 102);
  CHECK(inputs(fresh).size() == 100);
  CHECK(verify(fresh.file(), {}).sound());
}

TEST_CASE("what came since is packed with what was packed before", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 100);
  auto journal = fresh.writer();
  compact(journal);
  const auto bases =
      journal.database().number("select count(distinct encoding) from blobs");
  RunMaker maker;
  maker.at_ms += 1'000'000;
  for (int i = 0; i < 20; ++i) {
    const auto start = maker.start("qemu", {"g1", "prepare", "begin", "-"});
    const std::string xml = "<domain><name>g1</name><later n='" + std::to_string(i) +
                            "'/>" + std::string(700, 'x') + "</domain>";
    journal.whole(start, KeptStream{xml, xml.size()}, {}, maker.end(start, Exited{0}));
    maker.at_ms += 10;
  }
  CHECK(pack_new(journal).packed == 20);
  CHECK(pack_new(journal).packed == 0);
  CHECK(journal.database().number("select count(distinct encoding) from blobs") <=
        bases + 2);
  CHECK(inputs(fresh).size() == 120);
  CHECK(verify(fresh.file(), {}).sound());
}

TEST_CASE("a blob that is packed with itself is damage, and not the end of us",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 4);
  auto journal = fresh.writer();
  journal.database().exec(
      "update blobs set encoding = id where id = (select max(id) from "
      "blobs where encoding = 1)");
  CHECK_FALSE(verify(fresh.file(), {}).sound());
}
