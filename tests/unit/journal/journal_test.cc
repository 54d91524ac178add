#include "journal/journal.h"

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "engine/error.h"
#include "journal/journal_writer.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

const std::vector<std::string> kPrepare{"g1", "prepare", "begin", "-"};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

}  // namespace

TEST_CASE("a journal is private: its folder 0700, its files 0600", "[journal]") {
  TempFolder folder;
  const auto file = folder / "sub/journal.db";
  CHECK(create_or_migrate(file));
  CHECK(mode_of(folder / "sub") == 0700);
  for (const char* suffix : {"", "-wal", "-shm"})
    CHECK(mode_of(file.string() + suffix) == 0600);
  CHECK_FALSE(create_or_migrate(file));
}

TEST_CASE("what was appended reads back whole", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", kPrepare);
  const std::string xml =
      "<domain><name>g1</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>" +
      std::string(5000, ' ') + "</domain>";
  const auto id = journal.start(start, KeptStream{xml, xml.size(), false, 0});
  RunEnded end = maker.end(start, Signaled{9, false}, 1500);
  end.out = {"printed", 7, false, 0};
  end.err = {"head", 40, true, 1};
  journal.end(id, end);

  auto reader = fresh.reader();
  const auto call = reader.call(id);
  REQUIRE(call);
  CHECK(call->outcome == Outcome::failed);
  CHECK(call->consequence == Consequence::start_refused);
  CHECK(call->object_uuid == "c7a5fdbd-edaf-9455-926a-d65c16db1809");
  CHECK(call->elapsed_ns == 1'500'000'000);
  REQUIRE(call->runs.size() == 1);
  const RunRecord& run = call->runs[0];
  CHECK(run.ending == Ending(Signaled{9, false}));
  REQUIRE(run.input);
  CHECK(run.input->length == xml.size());
  CHECK(reader.bytes(run.input->blob) == xml);
  CHECK(reader.bytes(run.out.blob) == "printed");
  CHECK(run.err.length == 40);
  CHECK(run.err.kept == 4);
  CHECK(run.err.truncated);
  CHECK(run.err.redacted == 1);
}

TEST_CASE("start and end in one step are the same as in two", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", kPrepare);
  const auto id =
      journal.whole(start, KeptStream{"x", 1}, {}, maker.end(start, Exited{3}));
  const auto call = fresh.reader().call(id);
  CHECK(call->outcome == Outcome::failed);
  CHECK(call->runs[0].ending == Ending(Exited{3}));
  CHECK(call->runs[0].input->length == 1);
}

TEST_CASE("the input may come with the end", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", kPrepare);
  const auto id = journal.start(start, {});
  journal.end(id, maker.end(start, Exited{0}), KeptStream{"late", 4});
  auto reader = fresh.reader();
  CHECK(reader.bytes(reader.call(id)->runs[0].input->blob) == "late");
}

TEST_CASE("a running script is in the journal before it ends", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto id = journal.start(maker.start("qemu", kPrepare), {});
  const auto call = fresh.reader().call(id);
  CHECK(call->outcome == Outcome::running);
  CHECK_FALSE(call->runs[0].ending);
  // Those after it are to come, not missing.
  CHECK(call->unrecorded.empty());
}

TEST_CASE("a run is recorded once, however often it arrives", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", kPrepare);
  CHECK(journal.start(start, {}) == journal.start(start, {}));
  CHECK(journal.whole(start, {}, {}, maker.end(start, Exited{0})) == 1);
  CHECK(journal.whole(start, {}, {}, maker.end(start, Exited{0})) == 1);
  CHECK(fresh.reader().figures().events == 2);
}

TEST_CASE("an input that came after the start is kept with the end", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto start = maker.start("qemu", kPrepare);
  const auto end = maker.end(start, Exited{0});
  journal.start(start, {});
  SECTION("from the spool, before its writer brings it") {
    journal.whole(start, KeptStream{"<domain/>", 9}, {}, end);
  }
  SECTION("from its writer") { journal.end(1, end, KeptStream{"<domain/>", 9}); }

  auto reader = fresh.reader();
  const auto run = reader.call(1)->runs.at(0);
  REQUIRE(run.input);
  CHECK(reader.bytes(run.input->blob) == "<domain/>");
}

TEST_CASE("a change to any event or its blobs breaks the chain there", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  for (int i = 0; i < 3; ++i) {
    const auto start =
        maker.start("qemu", {"g" + std::to_string(i), "prepare", "begin", "-"});
    const std::string input = "<domain>" + std::to_string(i) + "</domain>";
    journal.whole(start, KeptStream{input, input.size()}, {},
                  maker.end(start, Exited{0}));
  }
  auto& db = journal.database();
  REQUIRE(first_broken_link(db) == 0);
  const std::string tampering = GENERATE(
      as<std::string>{}, "update events set at_ns = at_ns + 1 where id = 4",
      "update events set kind = 4 where id = 4",
      "update events set body = cast(body || x'00' as blob) where id = 4",
      "update events set digest = randomblob(32) where id = 4",
      "delete from events where id = 4",
      "replace into events select id, kind, at_ns + 1, body, digest from events"
      " where id = 4",
      "update blobs set sha256 = randomblob(32) where id = (select stdin from script_runs"
      " where id = 3)");
  db.exec(
      "drop trigger events_never_change; drop trigger events_stay;"
      "drop trigger events_are_never_replaced; drop trigger blobs_keep_their_content");
  db.exec(tampering.c_str());
  const auto broken = first_broken_link(db);
  CHECK(broken >= 3);
  CHECK(broken <= 5);
}

TEST_CASE("a journal of a newer version is not written, unless it accepts older writers",
          "[journal]") {
  FreshJournal fresh;
  {
    auto journal = fresh.writer();
    journal.database().exec("pragma user_version = 99");
  }
  CHECK_NOTHROW(fresh.writer());
  {
    auto journal = fresh.writer();
    journal.database().exec("update settings set value = 99 where key = 'oldest_writer'");
  }
  CHECK_THROWS_WITH(fresh.writer(), ContainsSubstring("newer version"));
  CHECK_THROWS_WITH(fresh.reader(), ContainsSubstring("newer version"));
}

TEST_CASE("what is no journal is named, and left alone", "[journal]") {
  TempFolder folder;
  const auto file = folder / "journal.db";
  std::ofstream(file) << std::string(8192, 'x');
  CHECK_THROWS_AS(JournalWriter(file, std::chrono::milliseconds(10)), Error);
  CHECK_THROWS_AS(JournalReader(file), Error);
  CHECK_THROWS_AS(create_or_migrate(file), Error);
  CHECK(std::filesystem::file_size(file) == 8192);
  CHECK_THROWS_WITH(JournalReader(folder / "none.db"),
                    ContainsSubstring("hookjournal install"));
}

TEST_CASE("a folder or a text given as a journal is told as what it is", "[journal]") {
  const TempFolder folder;
  const auto text = folder / "text";
  std::ofstream(text) << std::string(5000, 'x');
  CHECK_THROWS_WITH(JournalReader(text.parent_path()),
                    ContainsSubstring("it is a directory; the journal is a file, as in " +
                                      (folder / "journal.db").string()));
  CHECK_THROWS_WITH(
      JournalReader(text),
      ContainsSubstring("text: it is not a hookjournal journal; give another file"));
}

TEST_CASE("a log that a reader needs stays, and keeps no writer waiting", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", {"g", "prepare", "begin", "-"});
  Database reader(fresh.file(), Database::Mode::read, std::chrono::seconds(0));
  reader.exec("begin");
  CHECK(reader.number("select count(*) from events") == 2);
  maker.run(journal, "qemu", {"g", "start", "begin", "-"});

  bool emptied = true;
  std::thread upkeep([&] {
    emptied = fresh.writer().database().empty_log(std::chrono::milliseconds(300));
  });
  Database hook(fresh.file(), Database::Mode::write, std::chrono::milliseconds(50));
  for (int i = 0; i < 20; ++i) {
    CHECK_NOTHROW(Transaction(hook, Transaction::Kind::immediate).commit());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  upkeep.join();
  CHECK_FALSE(emptied);

  reader.exec("rollback");
  CHECK(journal.database().empty_log());
  CHECK(std::filesystem::file_size(fresh.file().string() + "-wal") == 0);
}

TEST_CASE("a log cut at any length leaves the calls before readable", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  {
    auto journal = fresh.writer();
    journal.database().exec("pragma wal_checkpoint(truncate)");
    for (int i = 0; i < 4; ++i)
      maker.run(journal, "qemu", {"g" + std::to_string(i), "prepare", "begin", "-"});
  }
  const auto log = fresh.file().string() + "-wal";
  const auto whole = std::filesystem::file_size(log);
  TempFolder copies;
  std::int64_t previous = 4;
  for (auto length = whole; length > 1000; length -= 777) {
    const auto copy = copies / "journal.db";
    std::filesystem::remove(copy.string() + "-shm");
    std::filesystem::copy_file(fresh.file(), copy,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(log, copy.string() + "-wal",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(copy.string() + "-wal", length);
    JournalWriter cut(copy, std::chrono::milliseconds(100));
    CHECK(first_broken_link(cut.database()) == 0);
    const auto calls = JournalReader(copy).figures().calls;
    CHECK(calls <= previous);
    previous = calls;
  }
  CHECK(previous <= 1);
}

TEST_CASE("the answer of a start on a migration's destination refuses the migration",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", {"g1", "migrate", "begin", "-"});
  const auto id = maker.run(journal, "qemu", kPrepare, Exited{1});
  CHECK(fresh.reader().call(id)->consequence == Consequence::migration_refused);
}
