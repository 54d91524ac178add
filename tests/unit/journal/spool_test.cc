#include "journal/spool.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "engine/error.h"
#include "journal/intake.h"
#include "journal/witness.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;

namespace {

const std::vector<std::string> kPrepare{"g1", "prepare", "begin", "-"};

SpooledRun some_run(RunMaker& maker) {
  SpooledRun run;
  run.start = maker.start("qemu", kPrepare);
  run.start.spooled = true;
  run.input = KeptStream{"<domain/>", 9};
  run.end = maker.end(run.start, Exited{3});
  run.end->spooled = true;
  run.end->err = {"why", 3};
  return run;
}

}  // namespace

TEST_CASE("a spooled run comes into the journal once, with its own times", "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  RunMaker maker;
  const SpooledRun run = some_run(maker);
  const auto spool = folder / "spool";
  spool_run(spool, run, true);
  auto journal = fresh.writer();

  CHECK(take_in(journal, spool, 10).taken == 1);
  CHECK(spooled_files(spool).empty());
  spool_run(spool, run, false);
  CHECK(take_in(journal, spool, 10).known == 1);

  auto reader = fresh.reader();
  CHECK(reader.figures().calls == 1);
  const auto call = reader.call(1);
  CHECK(call->at_ns == run.start.at.wall_ns);
  CHECK(call->outcome == Outcome::failed);
  CHECK(call->runs[0].spooled);
  CHECK(reader.bytes(call->runs[0].input->blob) == "<domain/>");
  CHECK(reader.bytes(call->runs[0].err.blob) == "why");
}

TEST_CASE("a run whose start was written gets only its end from the spool", "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  RunMaker maker;
  const SpooledRun run = some_run(maker);
  auto journal = fresh.writer();
  const auto id = journal.start(run.start, {});
  spool_run(folder / "spool", run, false);
  take_in(journal, folder / "spool", 10);
  CHECK(fresh.reader().call(id)->runs[0].ending == Ending(Exited{3}));
  CHECK(fresh.reader().figures().events == 2);
}

TEST_CASE("a spool file cut at any length is a whole run, a run without end, or a gap",
          "[journal]") {
  TempFolder folder;
  RunMaker maker;
  spool_run(folder / "whole", some_run(maker), false);
  const auto whole = spooled_files(folder / "whole").front();
  const auto size = std::filesystem::file_size(whole);
  for (std::uintmax_t length = 0; length < size; length += 13) {
    FreshJournal fresh;
    const auto spool = folder / ("cut" + std::to_string(length));
    std::filesystem::create_directory(spool);
    std::filesystem::permissions(spool, std::filesystem::perms::owner_all);
    std::filesystem::copy_file(whole, spool / whole.filename());
    std::filesystem::resize_file(spool / whole.filename(), length);
    auto journal = fresh.writer();
    take_in(journal, spool, 10);
    const auto figures = fresh.reader().figures();
    CHECK(figures.gaps + figures.calls == 1);
    CHECK(spooled_files(spool).empty());
  }
}

TEST_CASE("a spool that others may write to is not taken in", "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  RunMaker maker;
  spool_run(folder / "spool", some_run(maker), false);
  ::chmod((folder / "spool").c_str(), 0777);
  auto journal = fresh.writer();
  const auto report = take_in(journal, folder / "spool", 10);
  CHECK(report.taken == 0);
  CHECK(report.left.size() == 1);
  CHECK(spooled_files(folder / "spool").size() == 1);
}

TEST_CASE("what cannot be read now is left for the next time, and is no gap",
          "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  RunMaker maker;
  const auto spool = folder / "spool";
  spool_run(spool, some_run(maker), false);
  const auto unreadable = spool / "00.run";
  std::filesystem::create_directory(unreadable);
  auto journal = fresh.writer();
  const auto report = take_in(journal, spool, 10);
  CHECK(report.taken == 1);
  CHECK(report.left.size() == 1);
  CHECK(std::filesystem::exists(unreadable));
  CHECK(fresh.reader().figures().gaps == 0);
}

TEST_CASE("runs that were lost become one gap with their number", "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  RunMaker maker;
  const auto spool = folder / "spool";
  for (int i = 0; i < 3; ++i) note_lost(spool, maker.start("qemu", kPrepare), "no room");
  auto journal = fresh.writer();
  CHECK(take_in(journal, spool, 10).lost == 3);
  CHECK(take_in(journal, spool, 10).lost == 0);
  CHECK(fresh.reader().figures().gaps == 1);
}

TEST_CASE("a note that a full disk left empty hides no later one", "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  RunMaker maker;
  const auto spool = folder / "spool";
  std::filesystem::create_directory(spool);
  ::chmod(spool.c_str(), 0700);
  std::ofstream(spool / "lost").close();
  auto journal = fresh.writer();
  CHECK(take_in(journal, spool, 10).lost == 0);
  note_lost(spool, maker.start("qemu", kPrepare), "no room");
  CHECK(take_in(journal, spool, 10).lost == 1);
}

TEST_CASE("a run of another boot is abandoned, one whose recorder lives is not",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto old = journal.start(maker.start("qemu", kPrepare), {});
  maker.at_ms += 10;
  auto living = maker.start("qemu", {"g2", "prepare", "begin", "-"});
  living.context.boot_id = boot_id();
  living.context.pid_namespace = pid_namespace();
  living.recorder = *process_with(::getpid());
  const auto living_id = journal.start(living, {});

  CHECK(note_dead_recorders(journal) == 1);
  CHECK(note_dead_recorders(journal) == 0);
  auto reader = fresh.reader();
  CHECK(reader.call(old)->outcome == Outcome::abandoned);
  CHECK(reader.call(living_id)->outcome == Outcome::running);
}

TEST_CASE("an end that arrives after all replaces the abandonment", "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  RunMaker maker;
  const SpooledRun run = some_run(maker);
  auto journal = fresh.writer();
  const auto id = journal.start(run.start, {});
  journal.died({now(), id, "killed"});
  spool_run(folder / "spool", run, false);
  take_in(journal, folder / "spool", 10);
  CHECK(fresh.reader().call(id)->outcome == Outcome::failed);
}

TEST_CASE("several that take in at once take each run in once", "[journal]") {
  FreshJournal fresh;
  TempFolder folder;
  const auto spool = folder / "spool";
  constexpr int kRuns = 40, kTakers = 4;
  {
    RunMaker maker;
    for (int i = 0; i < kRuns; ++i) {
      SpooledRun run = some_run(maker);
      spool_run(spool, run, false);
      if (i == 0) note_lost(spool, run.start, "for the test");
      maker.at_ms += 10;
    }
  }
  std::vector<pid_t> takers;
  for (int i = 0; i < kTakers; ++i) {
    takers.push_back(::fork());
    if (takers.back() != 0) continue;
    auto journal = fresh.writer();
    take_in(journal, spool, kRuns);
    ::_exit(0);
  }
  for (const pid_t taker : takers) ::waitpid(taker, nullptr, 0);
  auto journal = fresh.writer();
  take_in(journal, spool, kRuns);
  auto& db = journal.database();
  CHECK(db.number("select count(*) from events where kind = 1") == kRuns);
  CHECK(db.number("select count(*) from events where kind = 2") == kRuns);
  CHECK(db.number("select count(*) from events where kind = 4") == 1);
  CHECK(spooled_files(spool).empty());
}

TEST_CASE("an end that comes twice is recorded once, as it came first", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  const auto started = maker.start("qemu", kPrepare);
  const std::int64_t id = journal.start(started, {});
  journal.end(id, maker.end(started, Exited{3}));
  journal.end(id, maker.end(started, Exited{0}));
  CHECK(journal.database().number("select count(*) from events where kind = 2") == 1);
  CHECK(fresh.reader().call(id)->runs[0].ending == Ending{Exited{3}});
}

TEST_CASE("a full spool takes no more runs, and keeps those it has", "[journal]") {
  TempFolder folder;
  RunMaker maker;
  const auto spool = folder / "spool";
  spool_run(spool, some_run(maker), false);
  maker.at_ms += 10;
  // Nothing but a length: the folder's size is what its files say.
  std::ofstream(spool / "filler.part");
  std::filesystem::resize_file(spool / "filler.part", kSpoolCap);
  CHECK_THROWS_WITH(spool_run(spool, some_run(maker), false),
                    ContainsSubstring("is full; `hookjournal maintain`"));
  REQUIRE(spooled_files(spool).size() == 1);
  CHECK(read_spooled(spooled_files(spool).front()).has_value());
}
