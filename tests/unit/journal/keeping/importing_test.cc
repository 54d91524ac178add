#include "journal/keeping/importing.h"

#include "engine/error.h"
#include "journal/keeping/backup.h"
#include "journal/keeping/compacting.h"
#include "journal/keeping/exporting.h"
#include "journal/keeping/redacting.h"
#include "journal/keeping/verify.h"
#include "journal/upkeep.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/keeping/flips.h"

using namespace hookjournal;
using namespace hookjournal::test;

namespace {

// Letters of one kind for others of as many: what a rule would do.
std::uint64_t no_boots(std::string& bytes) {
  const auto at = bytes.find("boot n='7'");
  if (at == std::string::npos) return 0;
  bytes.replace(at, 10, "**********");
  return 1;
}

Bundle exported(const FreshJournal& fresh, const RedactStream& redact = {}) {
  return decode_bundle(encode_bundle(export_calls(fresh.file(), {}, redact)), "it");
}

}  // namespace

TEST_CASE("an exported journal comes whole into another, once", "[journal]") {
  FreshJournal from, to;
  fill(from, 30);
  auto journal = to.writer();
  RunMaker maker;
  maker.run(journal, "qemu", {"other", "prepare", "begin", "-"});
  const Bundle bundle = exported(from);
  const ImportReport report = import_bundle(journal, bundle);
  CHECK(report.runs == 32);
  CHECK_FALSE(report.branch);
  CHECK(import_bundle(journal, bundle).runs == 0);
  CHECK(import_bundle(journal, bundle).known == 32);
  auto theirs = from.reader(), ours = to.reader();
  CHECK(ours.figures().calls == 33);
  const auto call = theirs.call(11), same = ours.call(2 + 1 + 11);
  REQUIRE(same);
  CHECK(same->uuid == call->uuid);
  CHECK(same->host == call->host);
  CHECK(same->outcome == Outcome::failed);
  CHECK(ours.bytes(same->runs[0].input->blob) == theirs.bytes(call->runs[0].input->blob));
  CHECK(verify(to.file(), {}).sound());
}

TEST_CASE("a run that is here with other facts keeps a bundle out as a whole",
          "[journal]") {
  FreshJournal from, to;
  fill(from, 10);
  Bundle bundle = exported(from);
  auto journal = to.writer();
  import_bundle(journal, bundle);
  const auto before = journal.head().event;
  bundle.events[4].at_ns += 1;
  bundle.events.push_back(bundle.events[0]);
  CHECK_THROWS_WITH(import_bundle(journal, bundle), ContainsSubstring("other facts"));
  CHECK(journal.head().event == before);
}

TEST_CASE("an end that was missing comes with a later bundle", "[journal]") {
  FreshJournal from, to;
  RunMaker maker;
  auto source = from.writer();
  const auto start = maker.start("qemu", {"g1", "prepare", "begin", "-"});
  const auto id = source.start(start, {});
  auto journal = to.writer();
  import_bundle(journal, exported(from));
  source.end(id, maker.end(start, Exited{3}));
  CHECK(import_bundle(journal, exported(from)).ended == 1);
  CHECK(to.reader().call(2)->outcome == Outcome::failed);
  CHECK(verify(to.file(), {}).sound());
}

TEST_CASE("what a snapshot took back comes in as a branch", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 5);
  back_up(fresh.file(), fresh.folder() / "snapshot.db", "");
  RunMaker maker;
  maker.at_ms += 500'000;
  {
    auto journal = fresh.writer();
    maker.run(journal, "qemu", {"lost", "prepare", "begin", "-"});
  }
  const Bundle bundle = exported(fresh);
  JournalWriter back(fresh.folder() / "snapshot.db", std::chrono::seconds(1));
  back.database().exec("pragma journal_mode = wal");
  maker.run(back, "qemu", {"g1", "prepare", "begin", "-"});
  const ImportReport report = import_bundle(back, bundle);
  CHECK(report.branch);
  CHECK(report.runs == 1);
  CHECK(verify(fresh.folder() / "snapshot.db", {}).sound());
}

TEST_CASE("a damaged bundle is refused", "[journal]") {
  FreshJournal from;
  fill(from, 5);
  const std::string bytes = encode_bundle(export_calls(from.file(), {}, {}));
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    CHECK_THROWS_AS(decode_bundle(damaged, "it"), Error);
  }
  CHECK_THROWS_AS(decode_bundle("", "it"), Error);
  CHECK_THROWS_AS(decode_bundle(bytes.substr(0, bytes.size() / 2), "it"), Error);
}

TEST_CASE("what is redacted is gone, and the chain says what took its place",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 120);
  auto journal = fresh.writer();
  if (GENERATE(false, true)) compact(journal);
  const auto before = fresh.reader().call(15)->runs[0].input;
  REQUIRE_THAT(fresh.reader().bytes(before->blob), ContainsSubstring("boot n='7'"));
  const RedactReport report = redact_journal(journal, no_boots, "test");
  CHECK(report.blobs == 1);
  CHECK(report.secrets == 1);
  const auto after = fresh.reader().call(15)->runs[0].input;
  CHECK(after->sha256 == before->sha256);
  CHECK_THAT(fresh.reader().bytes(after->blob), ContainsSubstring("**********"));
  CHECK_THAT(fresh.reader().bytes(fresh.reader().call(29)->runs[0].input->blob),
             ContainsSubstring("boot n='14'"));
  const VerifyReport verified = verify(fresh.file(), {});
  CHECK(verified.sound());
  CHECK(verified.chain.replaced.size() == 1);
  CHECK(redact_journal(journal, no_boots, "test").blobs == 0);
  journal.database().exec(
      "update blobs set encoding = 0, data = zeroblob(size)"
      " where id = (select stdin from script_runs where id = 15)");
  CHECK_FALSE(verify(fresh.file(), {}).sound());
}

TEST_CASE("what is redacted on its way out verifies where it comes in", "[journal]") {
  FreshJournal from, to;
  fill(from, 10);
  auto journal = to.writer();
  CHECK(import_bundle(journal, exported(from, no_boots)).replaced == 1);
  CHECK_THAT(to.reader().bytes(to.reader().call(2 + 15)->runs[0].input->blob),
             ContainsSubstring("**********"));
  CHECK(verify(to.file(), {}).sound());
}

TEST_CASE("a backup is one file that reads as the journal did, and is private",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 5);
  const auto copy = fresh.folder() / "copy.db";
  back_up(fresh.file(), copy, "");
  CHECK(JournalReader(copy).figures().calls == 7);
  CHECK(verify(copy, {}).sound());
  CHECK((std::filesystem::status(copy).permissions() & std::filesystem::perms(077)) ==
        std::filesystem::perms::none);
  CHECK_FALSE(std::filesystem::exists(copy.string() + "-wal"));
  CHECK_THROWS_WITH(back_up(fresh.file(), copy, ""), ContainsSubstring("there already"));
  keep_up({.journal = copy, .spools = {}});
  RunMaker maker;
  maker.at_ms += 500'000;
  JournalWriter journal(copy, std::chrono::seconds(1));
  maker.run(journal, "qemu", {"g1", "prepare", "begin", "-"});
  CHECK_NOTHROW(journal.make_durable());
}
