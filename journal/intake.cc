#include "journal/intake.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/error.h"
#include "engine/unique_fd.h"
#include "journal/spool.h"
#include "journal/unfinished_runs.h"
#include "journal/witness.h"

namespace hookjournal {

namespace {

// Whoever is killed over a long queue has brought it forward by so many.
constexpr std::size_t kSettledAtOnce = 8;

// A slow writer may be about the same run just now: what counts is found under the lock.
void take_in_one(JournalWriter& journal, SpooledRun run, IntakeReport& report) {
  const auto known = journal.find_run(run.start.uuid);
  run.start.spooled = true;
  if (known && (known->ended || !run.end)) {
    ++report.known;
  } else if (run.end) {
    run.end->spooled = true;
    journal.whole(run.start, run.input, {}, *run.end);
  } else {
    journal.died({now(), journal.start(run.start, run.input),
                  "the process that answered was gone before the script's end"});
  }
  ++report.taken;
}

// Durable in the journal first, then gone from the spool.
void settle(JournalWriter& journal, std::vector<std::filesystem::path>& files) {
  if (files.empty()) return;
  journal.make_durable();
  for (const auto& file : files) ::unlink(file.c_str());
  files.clear();
}

bool trusted(const std::filesystem::path& folder) {
  struct stat status {};
  return ::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         (status.st_uid == ::geteuid() || status.st_uid == 0) &&
         (status.st_mode & 022) == 0;
}

}  // namespace

IntakeReport take_in(JournalWriter& journal, const std::filesystem::path& folder,
                     std::size_t limit) {
  IntakeReport report;
  if (::access(folder.c_str(), F_OK) != 0) return report;
  if (!trusted(folder)) {
    report.left.push_back(folder.string() + ": others may write there");
    return report;
  }
  const UniqueFd lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    report.busy = true;
    return report;
  }
  std::vector<std::filesystem::path> unsettled;
  for (const auto& file : spooled_files(folder)) {
    if (report.taken + report.damaged == limit) break;
    std::optional<SpooledRun> run;
    try {
      run = read_spooled(file);
      if (!run) {
        // No descriptors or memory left, say: the next intake may have them.
        if (errno != ENOENT)  // else another process was first
          report.left.push_back(with_errno("cannot read " + file.string(), errno));
        continue;
      }
    } catch (const Error& error) {
      journal.gap({now(), 1, error.what(), file.filename(), {}});
      ++report.damaged;
    }
    if (run) take_in_one(journal, std::move(*run), report);
    unsettled.push_back(file);
    if (unsettled.size() == kSettledAtOnce) settle(journal, unsettled);
  }
  settle(journal, unsettled);
  if (const auto lost = lost_runs(folder)) {
    journal.gap(*lost);
    journal.make_durable();
    forget_lost(folder);
    report.lost = lost->runs;
  }
  return report;
}

std::size_t note_dead_recorders(JournalWriter& journal) {
  const std::string boot = boot_id();
  const std::uint64_t pids = pid_namespace();
  std::size_t dead = 0;
  for (const auto& run : unfinished_runs(journal.database(), journal.blobs())) {
    // Pids of another namespace say nothing here.
    const RecorderSight sight = sight_of(run, boot, pids);
    if (sight == RecorderSight::there || sight == RecorderSight::elsewhere) continue;
    journal.died({now(), run.run,
                  sight == RecorderSight::rebooted
                      ? "the host went down while the script ran"
                      : "the recorder was killed while the script ran"});
    ++dead;
  }
  return dead;
}

}  // namespace hookjournal
