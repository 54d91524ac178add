#include "journal/upkeep.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <thread>

#include "engine/error.h"
#include "journal/intake.h"
#include "journal/journal_room.h"
#include "journal/journal_writer.h"
#include "journal/keeping/blob_references.h"
#include "journal/keeping/clock_check.h"
#include "journal/keeping/compacting.h"
#include "journal/keeping/pruning.h"
#include "journal/schema.h"
#include "journal/spool.h"
#include "journal/witness.h"

namespace hookjournal {

namespace {

using std::chrono::milliseconds;

// Nobody waits for upkeep: all hooks of a busy moment may go first.
constexpr milliseconds kLockPatience{30'000};
constexpr milliseconds kIntakePatience{10'000};
// No process takes that long to write one file.
constexpr std::int64_t kAbandonedAfter = 3600;  // seconds
constexpr std::string_view kPart = ".part";

std::string runs(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " run" : " runs");
}

void migrate_if_older(const std::filesystem::path& file, UpkeepReport& report) {
  if (::access(file.c_str(), F_OK) != 0)
    throw Error(with_errno("cannot open journal " + file.string(), errno));
  Database db(file, Database::Mode::write, kLockPatience);
  if (fitness_for_reading(db) != Fitness::older) return;
  const std::int64_t before = db.number("pragma user_version");
  migrate(db);
  report.done.push_back("migrated the journal from schema " + std::to_string(before) +
                        " to " + std::to_string(db.number("pragma user_version")));
}

// A backup has no write-ahead log; one that was put in the journal's place needs it.
void restore_log(const std::filesystem::path& file, UpkeepReport& report) {
  Database db(file, Database::Mode::write, kLockPatience);
  const auto mode = [&db](const char* sql) {
    auto row = db.prepare(sql);
    return row.next() ? row.text(0) : std::string();
  };
  if (fitness_for_writing(db) != Fitness::usable || mode("pragma journal_mode") == "wal")
    return;
  if (mode("pragma journal_mode = wal") == "wal")
    report.done.push_back("gave the journal its write-ahead log back");
}

IntakeReport take_all_in(JournalWriter& journal, const std::filesystem::path& folder) {
  const auto until = std::chrono::steady_clock::now() + kIntakePatience;
  for (;;) {
    auto report = take_in(journal, folder, std::numeric_limits<std::size_t>::max());
    if (!report.busy || std::chrono::steady_clock::now() > until) return report;
    std::this_thread::sleep_for(milliseconds(50));
  }
}

// Files whose writer died over them: what they hold is taken in like the rest, up to
// where they are cut off.
bool complete_abandoned_files(const std::filesystem::path& folder) {
  bool any = false;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string path = entry.path();
    struct stat status {};
    if (!path.ends_with(kPart) || ::lstat(path.c_str(), &status) != 0) continue;
    if (now().wall_ns / 1'000'000'000 - status.st_mtim.tv_sec < kAbandonedAfter) continue;
    const std::string whole = path.substr(0, path.size() - kPart.size());
    any = ::rename(path.c_str(), whole.c_str()) == 0 || any;
  }
  return any;
}

void tell(const IntakeReport& intake, const std::filesystem::path& folder,
          UpkeepReport& report) {
  const std::string from = " from " + folder.string();
  if (intake.taken > 0)
    report.done.push_back("took in " + runs(intake.taken) + from +
                          (intake.known == 0 ? ""
                                             : ", " + std::to_string(intake.known) +
                                                   " of them there already"));
  if (intake.damaged > 0)
    report.done.push_back("noted a gap for " + runs(intake.damaged) + from +
                          " whose files are damaged");
  if (intake.lost > 0)
    report.done.push_back("noted a gap for " + runs(intake.lost) +
                          " of which only a line was kept in " + folder.string());
  for (const std::string& left : intake.left)
    report.left.push_back("what is spooled there is not taken in: " + left);
  if (intake.busy)
    report.left.push_back(folder.string() +
                          " is being taken in by another process, and was for long");
}

// What a full journal keeps out. Hooks go on counting, and nobody would hear of it.
void tell_of_no_room(const std::string& why, const Upkeep& upkeep, UpkeepReport& report) {
  report.left.push_back("calls are counted and no longer recorded in " +
                        upkeep.journal.string() + ": " + why);
  for (const auto& folder : upkeep.spools) {
    if (const auto waiting = spooled_files(folder).size())
      report.left.push_back(runs(waiting) + (waiting == 1 ? " waits in " : " wait in ") +
                            folder.string());
    if (const auto lost = lost_so_far(folder))
      report.left.push_back(runs(lost) + (lost == 1 ? " is" : " are") +
                            " lost, and named in " + (folder / "lost").string());
  }
}

void empty_spool(JournalWriter& journal, const std::filesystem::path& folder,
                 UpkeepReport& report) {
  const IntakeReport intake = take_all_in(journal, folder);
  tell(intake, folder, report);
  if (intake.left.empty() && !intake.busy && complete_abandoned_files(folder))
    tell(take_all_in(journal, folder), folder, report);
}

void tell(const NotedHead& noted, UpkeepReport& report) {
  if (!noted.where.empty())
    report.done.push_back("noted the journal's head in " + noted.where);
  for (const std::string& trouble : noted.trouble) report.left.push_back(trouble);
}

// As prune does; but nothing when the clock may be wrong.
void remove_old(JournalWriter& journal, const Upkeep& upkeep, UpkeepReport& report) {
  constexpr std::int64_t kDay = 86'400LL * 1'000'000'000;
  if (upkeep.keep_days + upkeep.keep_failures_days + upkeep.keep_bytes == 0) return;
  const Moment at = now();
  if (const auto jumped =
          clock_jumped(journal.database(), journal.blobs(), at, boot_id())) {
    report.left.push_back("no old call is removed: " + *jumped +
                          "; if the clock is right, `hookjournal prune "
                          "--clock-is-right` once");
    return;
  }
  PruneOrder order{.max_bytes = upkeep.keep_bytes, .reason = "as the configuration says"};
  const auto before = [&at](std::uint64_t days) {
    return at.wall_ns - static_cast<std::int64_t>(days) * kDay;
  };
  if (upkeep.keep_days != 0) order.before_ns = before(upkeep.keep_days);
  if (upkeep.keep_failures_days != 0)
    order.failures_before_ns = before(upkeep.keep_failures_days);
  const PruneReport pruned = prune(journal, order);
  if (pruned.calls > 0)
    report.done.push_back("removed " + std::to_string(pruned.calls) +
                          (pruned.calls == 1 ? " call" : " calls") +
                          " that the configuration does not keep");
}

void empty_log(JournalWriter& journal, UpkeepReport& report) {
  const std::string log = journal.database().file().string() + "-wal";
  struct stat status {};
  if (::stat(log.c_str(), &status) != 0 || status.st_size == 0) return;
  // If somebody reads, the next upkeep comes.
  if (journal.database().empty_log(kLogPatience))
    report.done.push_back("brought " + std::to_string((status.st_size + 1023) / 1024) +
                          " KiB of the write-ahead log into the journal");
}

}  // namespace

UpkeepReport keep_up(const Upkeep& upkeep) {
  UpkeepReport report;
  migrate_if_older(upkeep.journal, report);
  restore_log(upkeep.journal, report);
  JournalWriter journal(upkeep.journal, kLockPatience);
  // Before looking for the dead: the end of many a one waits there.
  if (!upkeep.spools.empty()) {
    if (const auto full = no_room(upkeep.journal, upkeep.journal_cap))
      tell_of_no_room(*full, upkeep, report);
    else
      for (const auto& folder : upkeep.spools) empty_spool(journal, folder, report);
  }
  if (const std::size_t dead = note_dead_recorders(journal))
    report.done.push_back("noted that " + runs(dead) +
                          (dead == 1 ? " was abandoned: its recorder is"
                                     : " were abandoned: their recorders are") +
                          " gone");
  remove_old(journal, upkeep, report);
  if (const auto packed = pack_new(journal).packed; packed > 0)
    report.done.push_back("packed " + std::to_string(packed) +
                          (packed == 1 ? " input or output" : " inputs and outputs") +
                          " tighter");
  tell(note_head(journal, upkeep.anchors), report);
  empty_log(journal, report);
  return report;
}

}  // namespace hookjournal
