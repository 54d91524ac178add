#include "journal/keeping/verify.h"

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/keeping/flips.h"

using namespace hookjournal;
using namespace hookjournal::test;
using Place = Damage::Place;

namespace {

VerifyReport check(const FreshJournal& fresh, const std::vector<Anchor>& anchors = {}) {
  return verify(fresh.file(), anchors);
}

void tamper(const FreshJournal& fresh, const std::string& sql) {
  Database db(fresh.file(), Database::Mode::write, std::chrono::seconds(2));
  db.exec(sql.c_str());
}

const std::string kUnlocked =
    "drop trigger events_never_change; drop trigger events_stay;"
    "drop trigger blobs_keep_their_content;";

Anchor head_of(const FreshJournal& fresh) {
  const VerifyReport report = check(fresh);
  return {report.journal, report.chain.last, report.chain.head};
}

bool names(const VerifyReport& report, Place place, std::int64_t id) {
  for (const Damage& damage : report.damage.listed())
    if (damage.place == place && damage.id == id) return true;
  return false;
}

}  // namespace

TEST_CASE("a journal as it was written is sound", "[journal]") {
  FreshJournal fresh;
  CHECK(check(fresh).sound());
  fill(fresh, 40);
  const VerifyReport report = check(fresh);
  CHECK(report.sound());
  CHECK(report.chain.events == 84);
  CHECK(report.chain.last == 84);
  CHECK(report.chain.whole_up_to == 84);
  CHECK(report.calls == 42);
  CHECK(report.runs == 42);
  CHECK(report.blobs > 40);
}

TEST_CASE("the first changed event is named, and what is good before it", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 10);
  tamper(fresh, kUnlocked + "update events set at_ns = at_ns + 1 where id in (8, 12)");
  const VerifyReport report = check(fresh);
  REQUIRE(report.damage.count() >= 3);  // the triggers too
  CHECK(report.damage.listed()[0].place == Place::event);
  CHECK(report.damage.listed()[0].id == 8);
  CHECK(report.damage.listed()[1].id == 12);
  CHECK(report.chain.damage.count() == 2);
  CHECK(report.chain.whole_up_to == 7);
}

TEST_CASE("removed events are missing, wherever they stood", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 10);
  const std::string where = GENERATE(as<std::string>{}, "id < 4", "id between 8 and 9");
  tamper(fresh, kUnlocked + "delete from events where " + where);
  const VerifyReport report = check(fresh);
  CHECK(report.damage.listed()[0].id == (where == "id < 4" ? 1 : 8));
  CHECK_THAT(report.damage.listed()[0].what, ContainsSubstring("missing"));
}

TEST_CASE("a blob that is not what its digest says is found with who read it",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 4);
  const auto run = fresh.reader().call(3)->runs[0];
  const std::int64_t blob = run.input->blob;
  tamper(fresh, "update blobs set encoding = 0, data = zeroblob(size) where id = " +
                    std::to_string(blob));
  const VerifyReport report = check(fresh);
  REQUIRE(names(report, Place::blob, blob));
  CHECK_THAT(report.damage.listed()[0].what,
             ContainsSubstring("input of qemu in call 3"));
}

TEST_CASE("a table that its events do not make is found by call", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 10);
  const std::string change = GENERATE(
      as<std::string>{}, "update calls set object = 'other' where id = 3",
      "delete from calls where id = 3", "update script_runs set cpu_ns = 1 where id = 3",
      "insert into script_runs select id + 1, call, x'00', script, at_ns, outcome, "
      "ending,"
      " ending_value, elapsed_ns, cpu_ns, null, null, null, null, null from script_runs"
      " where id = 3");
  tamper(fresh, change);
  const VerifyReport report = check(fresh);
  CHECK(report.chain.damage.count() == 0);
  REQUIRE(report.damage.count() == 1);
  CHECK(names(report, Place::call, 3));
}

TEST_CASE("a changed schema and changed settings are found", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 3);
  tamper(fresh, "drop trigger events_stay");
  CHECK(names(check(fresh), Place::schema, 0));
  tamper(fresh, "update settings set value = 1 where key = 'created_ns'");
  CHECK(names(check(fresh), Place::settings, 0));
}

TEST_CASE("a tail cut off after an anchor is found", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 10);
  const Anchor anchor = head_of(fresh);
  tamper(fresh,
         "drop trigger events_stay; delete from events where id > 20;"
         "delete from script_runs where id > 20; delete from calls where id > 20");
  const VerifyReport without = check(fresh), with = check(fresh, {anchor});
  CHECK(without.chain.damage.count() == 0);
  CHECK(names(with, Place::anchor, anchor.event));
  CHECK(with.anchors.fitting == 0);
}

TEST_CASE("a journal taken back by a snapshot that went on is a fork", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 4);
  settle(fresh.file());
  TempFolder elsewhere;
  std::filesystem::copy_file(fresh.file(), elsewhere / "snapshot.db");
  const Anchor before = head_of(fresh);
  RunMaker maker;
  maker.at_ms += 5'000'000;
  {
    auto journal = fresh.writer();
    maker.run(journal, "qemu", {"g9", "prepare", "begin", "-"});
  }
  const Anchor after = head_of(fresh);
  JournalWriter other(elsewhere / "snapshot.db", std::chrono::seconds(1));
  maker.run(other, "qemu", {"g8", "prepare", "begin", "-"});
  const VerifyReport report = verify(elsewhere / "snapshot.db", {before, after});
  CHECK(report.damage.count() == 1);
  CHECK(names(report, Place::anchor, after.event));
  CHECK(report.anchors.newest_fitting == before.event);
  CHECK_THAT(report.damage.listed()[0].what, ContainsSubstring("fork"));
  CHECK(check(fresh, {before, after}).sound());
}

TEST_CASE("anchors are found in a system log, those of other journals are counted",
          "[journal]") {
  const Digest head = sha256("x");
  const Anchor anchor{std::string(32, 'a'), 7, head};
  const auto found = anchors_in("Nov 22 kvm7 hookjournal[3]: " + anchor_words(anchor) +
                                "\nnothing\njournal=zz event=1 head=00\n" +
                                anchor_words(anchor) + " outcome=ok");
  REQUIRE(found.size() == 2);
  CHECK(found[1].event == 7);
  CHECK(found[1].head == head);
  FreshJournal fresh;
  const VerifyReport report = check(fresh, found);
  CHECK(report.sound());
  CHECK(report.anchors.foreign == 2);
}
