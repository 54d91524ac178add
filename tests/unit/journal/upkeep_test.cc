#include "journal/upkeep.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "engine/error.h"
#include "journal/spool.h"
#include "journal/witness.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;
using Lines = std::vector<std::string>;

namespace {

const std::vector<std::string> kPrepare{"g1", "prepare", "begin", "-"};

struct Kept {
  FreshJournal journal;
  RunMaker maker;
  std::filesystem::path spool = journal.folder() / "run";
  std::filesystem::path log = journal.file().string() + "-wal";

  SpooledRun run(const std::string& script = "qemu") {
    SpooledRun spooled;
    spooled.start = maker.start(script, kPrepare);
    spooled.end = maker.end(spooled.start, Exited{3});
    maker.at_ms += 10;
    return spooled;
  }

  UpkeepReport upkeep() const {
    return keep_up(
        {.journal = journal.file(), .spools = {spool, spool_beside(journal.file())}});
  }
  // Without the line about the log, which every other one brings with it.
  Lines done() const {
    Lines lines = upkeep().done;
    std::erase_if(lines, [](const std::string& line) {
      return line.find("write-ahead log") != std::string::npos;
    });
    return lines;
  }
  std::int64_t gaps() const { return journal.reader().figures().gaps; }
};

void make_older(const std::filesystem::path& file, std::int64_t seconds) {
  const timespec then{now().wall_ns / 1'000'000'000 - seconds, 0};
  const timespec times[] = {then, then};
  ::utimensat(AT_FDCWD, file.c_str(), times, 0);
}

}  // namespace

TEST_CASE("upkeep of a journal in good order does nothing the second time", "[journal]") {
  const Kept kept;
  kept.upkeep();
  const UpkeepReport report = kept.upkeep();
  CHECK(report.done.empty());
  CHECK(report.left.empty());
}

TEST_CASE("upkeep takes in all spools of a journal, and empties them", "[journal]") {
  Kept kept;
  spool_run(kept.spool, kept.run(), false);
  spool_run(kept.spool, kept.run("qemu.d/10-a"), false);
  const auto beside = spool_beside(kept.journal.file());
  spool_run(beside, kept.run("qemu.d/20-b"), true);
  CHECK(kept.done() == Lines{"took in 2 runs from " + kept.spool.string(),
                             "took in 1 run from " + beside.string()});
  CHECK(spooled_files(kept.spool).empty());
  CHECK(spooled_files(beside).empty());
  CHECK(kept.journal.reader().call(1)->runs.size() == 3);
  CHECK(kept.done().empty());
}

TEST_CASE("upkeep tells which runs were in the journal already", "[journal]") {
  Kept kept;
  const SpooledRun run = kept.run();
  {
    auto journal = kept.journal.writer();
    journal.end(journal.start(run.start, {}), *run.end);
  }
  spool_run(kept.spool, run, false);
  CHECK(kept.done() ==
        Lines{"took in 1 run from " + kept.spool.string() + ", 1 of them there already"});
  CHECK(kept.journal.reader().figures().runs == 1);
}

TEST_CASE("what is damaged or lost becomes a gap", "[journal]") {
  Kept kept;
  const SpooledRun run = kept.run();
  spool_run(kept.spool, run, false);
  std::ofstream(spooled_files(kept.spool).at(0)) << "no spool file";
  note_lost(kept.spool, run.start, "the spool is full");
  CHECK(kept.done() == Lines{"noted a gap for 1 run from " + kept.spool.string() +
                                 " whose files are damaged",
                             "noted a gap for 1 run of which only a line was kept in " +
                                 kept.spool.string()});
  CHECK(kept.gaps() == 2);
  CHECK(kept.done().empty());
  CHECK(kept.gaps() == 2);
}

TEST_CASE("a file whose writer died over it is taken in up to its end", "[journal]") {
  Kept kept;
  const SpooledRun run = kept.run();
  spool_run(kept.spool, run, false);
  const std::filesystem::path whole = spooled_files(kept.spool).at(0);
  const std::filesystem::path part = whole.string() + ".part";
  std::filesystem::rename(whole, part);
  std::filesystem::resize_file(part, std::filesystem::file_size(part) - 3);

  CHECK(kept.done().empty());  // somebody may still be writing
  make_older(part, 7200);
  CHECK(kept.done() == Lines{"took in 1 run from " + kept.spool.string()});
  CHECK(kept.journal.reader().call(1)->outcome == Outcome::abandoned);
  CHECK_FALSE(std::filesystem::exists(part));
}

TEST_CASE("runs whose recorder is gone are noted, those of living ones are not",
          "[journal]") {
  Kept kept;
  kept.maker.boot = boot_id();
  {
    auto journal = kept.journal.writer();
    RunStarted dead = kept.maker.start("qemu", kPrepare);
    dead.context.pid_namespace = pid_namespace();
    dead.recorder = dead.writer = {::getpid(), 1};  // the pid is another's by now
    journal.start(dead, {});
    RunStarted living = kept.maker.start("qemu", {"g2", "prepare", "begin", "-"});
    living.context.pid_namespace = pid_namespace();
    living.recorder = living.writer = process_with(::getpid()).value();
    journal.start(living, {});
  }
  CHECK(kept.done() == Lines{"noted that 1 run was abandoned: its recorder is gone"});
  auto reader = kept.journal.reader();
  CHECK(reader.call(1)->outcome == Outcome::abandoned);
  CHECK(reader.call(2)->outcome == Outcome::running);
  CHECK(kept.done().empty());
}

TEST_CASE("an end that waits in the spool is found before its recorder is given up",
          "[journal]") {
  Kept kept;
  const SpooledRun run = kept.run();  // of a boot long past
  kept.journal.writer().start(run.start, {});
  spool_run(kept.spool, run, false);
  CHECK(kept.done() == Lines{"took in 1 run from " + kept.spool.string()});
  CHECK(kept.journal.reader().call(1)->outcome == Outcome::failed);
}

TEST_CASE("upkeep empties the write-ahead log", "[journal]") {
  Kept kept;
  {
    auto journal = kept.journal.writer();
    kept.maker.run(journal, "qemu", kPrepare);
  }
  CHECK(std::filesystem::file_size(kept.log) > 0);
  CHECK(kept.upkeep().done.size() == 1);
  CHECK(std::filesystem::file_size(kept.log) == 0);
  CHECK(kept.journal.reader().figures().calls == 1);
}

TEST_CASE("upkeep removes the calls that the configuration does not keep", "[journal]") {
  Kept kept;
  constexpr std::int64_t kDayMs = 86'400'000;
  const Moment at = now();
  kept.maker.boot = boot_id();
  for (const int days : {50, 20, 1}) {
    auto journal = kept.journal.writer();
    RunStarted start = kept.maker.start("qemu", kPrepare);
    start.at = {at.wall_ns - days * kDayMs * 1'000'000,
                at.boot_ns - days * kDayMs * 1'000'000};
    journal.whole(start, {}, {}, kept.maker.end(start, Exited{0}));
  }
  const UpkeepReport report =
      keep_up({.journal = kept.journal.file(), .spools = {}, .keep_days = 30});
  CHECK(report.left.empty());
  CHECK(report.done.at(0) == "removed 1 call that the configuration does not keep");
  CHECK(kept.journal.reader().figures().calls == 2);
}

TEST_CASE("upkeep removes nothing when the clock jumped, and says so", "[journal]") {
  Kept kept;  // of years ago, and the host has not been up for so long
  {
    auto journal = kept.journal.writer();
    kept.maker.run(journal, "qemu", kPrepare);
  }
  const UpkeepReport report =
      keep_up({.journal = kept.journal.file(), .spools = {}, .keep_days = 30});
  REQUIRE(report.left.size() == 1);
  CHECK_THAT(report.left[0], ContainsSubstring("--clock-is-right"));
  CHECK(kept.journal.reader().figures().calls == 1);
}

TEST_CASE("upkeep creates no journal", "[journal]") {
  const TempFolder folder;
  const auto file = folder / "journal.db";
  CHECK_THROWS_WITH(keep_up({.journal = file, .spools = {}}),
                    ContainsSubstring("No such file"));
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("upkeep makes no journal of an empty or a foreign file", "[journal]") {
  const TempFolder folder;
  const auto file = folder / "journal.db";
  const std::string content = GENERATE("",
                                       "somebody's notes, long enough for a header "
                                       "of a hundred bytes, which SQLite looks at. ");
  std::ofstream(file) << content << content << content;
  CHECK_THROWS_AS(keep_up({.journal = file, .spools = {}}), Error);
  CHECK(std::filesystem::file_size(file) == 3 * content.size());
}

TEST_CASE("upkeep leaves a newer journal alone", "[journal]") {
  const Kept kept;
  kept.journal.writer().database().exec(
      "update settings set value = 99 where key = 'oldest_writer';"
      "pragma user_version = 99");
  CHECK_THROWS_WITH(kept.upkeep(), ContainsSubstring("newer version"));
}

TEST_CASE("a spool that others may write is left, and said", "[journal]") {
  Kept kept;
  spool_run(kept.spool, kept.run(), false);
  ::chmod(kept.spool.c_str(), 0777);
  const UpkeepReport report = kept.upkeep();
  REQUIRE(report.left.size() == 1);
  CHECK_THAT(report.left[0], ContainsSubstring("others may write there"));
  CHECK(spooled_files(kept.spool).size() == 1);
  CHECK(kept.journal.reader().figures().runs == 0);
}

TEST_CASE("a journal at its limit takes nothing in, and says what waits", "[journal]") {
  Kept kept;
  spool_run(kept.spool, kept.run(), false);
  const UpkeepReport report =
      keep_up({.journal = kept.journal.file(), .spools = {kept.spool}, .journal_cap = 1});
  REQUIRE(report.left.size() == 2);
  CHECK_THAT(report.left[0],
             ContainsSubstring("no longer recorded") && ContainsSubstring("size limit"));
  CHECK_THAT(report.left[1], ContainsSubstring("1 run waits"));
  CHECK(spooled_files(kept.spool).size() == 1);
}

TEST_CASE("a journal at its limit is told of though nothing waits", "[journal]") {
  Kept kept;
  note_lost(kept.spool, kept.run().start, "the journal has reached its size limit");
  const UpkeepReport report =
      keep_up({.journal = kept.journal.file(), .spools = {kept.spool}, .journal_cap = 1});
  REQUIRE(report.left.size() == 2);
  CHECK_THAT(report.left[0], ContainsSubstring("no longer recorded"));
  CHECK_THAT(report.left[1], ContainsSubstring("1 run is lost"));
}

TEST_CASE("upkeep waits for a hook that takes the same spool in", "[journal]") {
  Kept kept;
  spool_run(kept.spool, kept.run(), false);
  UniqueFd other(::open(kept.spool.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ::flock(other.get(), LOCK_EX);
  std::thread hook([&other] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    other.reset();
  });
  CHECK(kept.done() == Lines{"took in 1 run from " + kept.spool.string()});
  hook.join();
}
