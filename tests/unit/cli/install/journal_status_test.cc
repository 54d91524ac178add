#include "cli/install/journal_status.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "engine/small_file.h"
#include "journal/journal_writer.h"
#include "journal/spool.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

using namespace hookjournal;
namespace fs = std::filesystem;

namespace {

const Daemon kDaemon{"virtqemud", 812, 4711, 1000};

RunStarted run_by(const Daemon& daemon, const std::string& driver,
                  const std::string& operation) {
  RunStarted run;
  static char count = 0;
  run.uuid = std::string(15, 'u') + ++count;
  run.at = now();
  run.hooks_dir = "/etc/libvirt/hooks";
  run.script = driver;
  run.arguments = {"win11", operation, "begin", "-"};
  run.planned = {driver};
  run.origin = Origin::libvirt;
  run.context.boot_id =
      read_small_file("/proc/sys/kernel/random/boot_id").value_or("").substr(0, 36);
  run.context.caller.process = {daemon.pid, daemon.start_ticks};
  return run;
}

void record(const fs::path& journal, const RunStarted& run) {
  JournalWriter(journal, std::chrono::seconds(5)).start(run, {});
}

void make_old(const fs::path& file) {
  const timespec times[2] = {{0, UTIME_OMIT}, {std::time(nullptr) - 30 * 24 * 3600, 0}};
  ::utimensat(AT_FDCWD, file.c_str(), times, 0);
}

}  // namespace

TEST_CASE("a journal in order has figures and no findings", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db";
  create_or_migrate(journal);
  record(journal, run_by(kDaemon, "qemu", "prepare"));
  const auto status = look_at_journal(journal, {folder.path() / "spool"}, 0);
  REQUIRE(status.figures);
  CHECK(status.figures->calls == 1);
  CHECK(status.findings.empty());
  REQUIRE(status.spools.size() == 1);
  CHECK(status.spools[0].files == 0);
}

TEST_CASE("a journal that is not there needs a person", "[cli]") {
  ScratchDir folder;
  const auto status = look_at_journal(folder.path() / "journal.db", {}, 0);
  CHECK_FALSE(status.figures);
  CHECK(status.findings == std::vector{status.trouble});
}

TEST_CASE("spooled runs need a person when nobody takes them in", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db", spool = folder.path() / "spool";
  create_or_migrate(journal);
  spool_run(spool, {run_by(kDaemon, "qemu", "prepare"), {}, {}}, /*durable=*/false);
  CHECK(look_at_journal(journal, {spool}, 0).findings.empty());

  make_old(spooled_files(spool).front());
  const auto status = look_at_journal(journal, {spool}, 0);
  CHECK(status.spools[0].files == 1);
  REQUIRE(status.findings.size() == 1);
  CHECK_THAT(status.findings[0], ContainsSubstring("hookjournal maintain"));
}

TEST_CASE("missed deadlines need a person while they are recent", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db", spool = folder.path() / "spool";
  create_or_migrate(journal);
  fs::create_directories(spool);
  note_missed_deadline(spool);
  note_missed_deadline(spool);
  const auto recent = look_at_journal(journal, {spool}, 0);
  CHECK(recent.spools[0].deadline_misses == 2);
  REQUIRE(recent.findings.size() == 1);
  CHECK_THAT(recent.findings[0], ContainsSubstring("2 hooks"));

  make_old(spool / "missed");
  CHECK(look_at_journal(journal, {spool}, 0).findings.empty());
}

TEST_CASE("gaps of the last week need a person", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db";
  create_or_migrate(journal);
  Gap gap;
  gap.at = now();
  gap.runs = 12;
  gap.reason = "disk full";
  JournalWriter(journal, std::chrono::seconds(5)).gap(gap);
  const auto status = look_at_journal(journal, {}, 0);
  REQUIRE(status.findings.size() == 1);
  CHECK_THAT(status.findings[0],
             ContainsSubstring("12 runs") && ContainsSubstring("gaps"));
}

TEST_CASE("a journal that may take no more needs a person", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db";
  create_or_migrate(journal);
  const auto status = look_at_journal(journal, {}, /*journal_cap=*/1);
  REQUIRE(status.findings.size() == 1);
  CHECK_THAT(status.findings[0],
             ContainsSubstring("no longer recorded") && ContainsSubstring("size limit"));
}

TEST_CASE("runs that are only counted need a person", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db", spool = folder.path() / "spool";
  create_or_migrate(journal);
  note_lost(spool, run_by(kDaemon, "qemu", "prepare"), "no room");
  note_lost(spool, run_by(kDaemon, "qemu", "start"), "no room");
  const auto status = look_at_journal(journal, {spool}, 0);
  CHECK(status.spools[0].lost == 2);
  REQUIRE(status.findings.size() == 1);
  CHECK_THAT(status.findings[0], ContainsSubstring("2 runs"));
}

TEST_CASE("a daemon knows the driver it was seen to call", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db";
  create_or_migrate(journal);
  record(journal, run_by(kDaemon, "qemu", "prepare"));
  const auto knows = known_by_journal(journal);
  CHECK(knows("qemu", kDaemon, std::time(nullptr)));
  CHECK_FALSE(knows("lxc", kDaemon, std::time(nullptr)));
  const Daemon restarted{"virtqemud", 812, 4712, 1000};
  CHECK_FALSE(knows("qemu", restarted, 1000));
}

TEST_CASE("a daemon knows every driver after a recorded reload", "[cli]") {
  ScratchDir folder;
  const fs::path journal = folder.path() / "journal.db";
  create_or_migrate(journal);
  record(journal, run_by(kDaemon, "daemon", "reload"));
  const auto knows = known_by_journal(journal);
  CHECK(knows("lxc", kDaemon, std::time(nullptr) - 60));
  CHECK_FALSE(knows("lxc", kDaemon, std::time(nullptr) + 60));
}

TEST_CASE("without a journal nobody knows what a daemon knows", "[cli]") {
  ScratchDir folder;
  CHECK_FALSE(known_by_journal(folder.path() / "journal.db")("qemu", kDaemon, 0));
}
