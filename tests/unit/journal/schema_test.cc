#include "journal/schema.h"

#include <fstream>
#include <sstream>

#include "journal/asking/call_json.h"
#include "journal/keeping/verify.h"
#include "journal/spool.h"
#include "journal/upkeep.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/keeping/flips.h"

using namespace hookjournal;
using hookjournal::test::fill;
using hookjournal::test::settle;
using std::filesystem::path;

namespace {

constexpr std::chrono::milliseconds kPatience{2000};

Database opened(const path& file) {
  return Database(file, Database::Mode::write, kPatience);
}

// As the first version left it: without what the migrations since have added.
void take_back_migrations(const path& file) {
  opened(file).exec(
      "drop trigger events_are_never_replaced; drop table search_blocks;"
      " pragma user_version = 1");
}

std::vector<std::string> schema_of(const path& file) {
  Database db = opened(file);
  auto rows = db.prepare("select coalesce(sql, name) from sqlite_schema order by name");
  std::vector<std::string> objects = {"version " +
                                      std::to_string(db.number("pragma user_version"))};
  while (rows.next()) objects.push_back(rows.text(0));
  return objects;
}

// All that was recorded, as readers see it.
std::vector<std::string> content_of(const FreshJournal& fresh) {
  auto reader = fresh.reader();
  std::vector<std::string> all = {std::to_string(reader.figures().events),
                                  std::to_string(reader.figures().gaps)};
  reader.for_each_call({}, [&](const CallRecord& call) {
    all.push_back(call_to_json(call));
    for (const RunRecord& run : call.runs)
      if (run.input) all.push_back(reader.bytes(run.input->blob));
  });
  return all;
}

std::string bytes_of(const path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace

TEST_CASE("a journal of an older version is neither read nor written, and says why",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 3);
  take_back_migrations(fresh.file());
  settle(fresh.file());
  const std::string before = bytes_of(fresh.file());

  CHECK_THROWS_WITH(fresh.reader(),
                    ContainsSubstring("older version; `hookjournal maintain` migrates"));
  CHECK_THROWS_WITH(fresh.writer(),
                    ContainsSubstring("older version; `hookjournal maintain` migrates"));
  CHECK(bytes_of(fresh.file()) == before);
}

TEST_CASE("a migrated journal has this version's schema and all that was recorded",
          "[journal]") {
  FreshJournal fresh;
  const auto schema = schema_of(fresh.file());
  fill(fresh, 20);
  const auto content = content_of(fresh);
  take_back_migrations(fresh.file());
  REQUIRE(schema_of(fresh.file()) != schema);

  CHECK_FALSE(create_or_migrate(fresh.file()));

  CHECK(schema_of(fresh.file()) == schema);
  CHECK(content_of(fresh) == content);
  CHECK(verify(fresh.file(), {}).sound());
}

TEST_CASE("runs that came while the journal was too old are taken in after upkeep",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  take_back_migrations(fresh.file());
  const auto start = maker.start("qemu", {"g1", "prepare", "begin", "-"});
  const auto beside = spool_beside(fresh.file());
  spool_run(beside, {start, {}, maker.end(start, Exited{3})}, /*durable=*/true);

  const auto report = keep_up({.journal = fresh.file(), .spools = {beside}});

  REQUIRE(report.done.size() >= 2);
  CHECK(report.done[0] == "migrated the journal from schema 1 to 3");
  CHECK_THAT(report.done[1], ContainsSubstring("took in 1 run"));
  CHECK(fresh.reader().call(1)->outcome == Outcome::failed);
}

TEST_CASE("events and the content of blobs are neither changed, deleted nor replaced",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 3);
  const auto content = content_of(fresh);
  const auto [attempt, refusal] = GENERATE(
      std::pair{"update events set at_ns = 0", "events never change"},
      std::pair{"delete from events where id = 2", "events are never deleted"},
      std::pair{"replace into events select 2, kind, 0, body, digest from events"
                " where id = 1",
                "events are never replaced"},
      std::pair{"update blobs set sha256 = x'00'", "a blob is what its digest says"});

  CHECK_THROWS_WITH(opened(fresh.file()).exec(attempt), ContainsSubstring(refusal));

  CHECK(content_of(fresh) == content);
  CHECK(verify(fresh.file(), {}).sound());
}

TEST_CASE("another program's database is refused by name and left as it is",
          "[journal]") {
  TempFolder folder;
  const path file = folder / "contacts.db";
  const std::string theirs = GENERATE(
      as<std::string>{}, "create table events (id integer primary key, name text)",
      "create table contacts (name text); pragma application_id = 0x0f055112",
      "create table contacts (name text); pragma user_version = 1",
      "create table contacts (name text); drop table contacts;"
      "pragma application_id = 0x0f055112; pragma user_version = 2",
      "create table contacts (name text); drop table contacts; pragma user_version = 7");
  Database(file, Database::Mode::create, kPatience).exec(theirs.c_str());
  const std::string before = bytes_of(file);
  REQUIRE(before.starts_with("SQLite format 3"));

  const auto refusal = ContainsSubstring(
      file.string() + ": it is not a hookjournal journal; give another file with");
  CHECK_THROWS_WITH(JournalReader(file), refusal);
  CHECK_THROWS_WITH(JournalWriter(file, kPatience), refusal);
  CHECK_THROWS_WITH(create_or_migrate(file), refusal);
  CHECK_THROWS_WITH(keep_up({.journal = file, .spools = {}}), refusal);
  CHECK(bytes_of(file) == before);
  CHECK_FALSE(std::filesystem::exists(file.string() + "-wal"));
}
