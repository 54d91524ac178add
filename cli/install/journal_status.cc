#include "cli/install/journal_status.h"

#include <algorithm>
#include <ctime>

#include "cli/install/file_attributes.h"
#include "engine/error.h"
#include "engine/small_file.h"
#include "journal/journal_room.h"
#include "journal/spool.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kWeek = 604'800;  // seconds
// Longer than `maintain` leaves a spooled run waiting.
constexpr std::int64_t kTooLong = 3600;

SpoolStatus look_at_spool(const fs::path& folder) {
  SpoolStatus spool;
  spool.folder = folder;
  const auto files = spooled_files(folder);
  spool.files = files.size();
  if (!files.empty()) spool.oldest = status_of(files.front()).st_mtim.tv_sec;
  spool.deadline_misses = missed_deadlines(folder);
  if (spool.deadline_misses != 0)
    spool.missed_last_week =
        status_of(folder / "missed").st_mtim.tv_sec > std::time(nullptr) - kWeek;
  spool.lost = lost_so_far(folder);
  return spool;
}

void collect_findings(JournalStatus& status) {
  auto& findings = status.findings;
  if (!status.trouble.empty()) findings.push_back(status.trouble);
  if (!status.no_room.empty())
    findings.push_back("calls are counted and no longer recorded: " + status.no_room +
                       "; make room, or give the journal more in the configuration "
                       "(\"journal_cap\", \"journal\")");
  if (status.figures && status.figures->gaps_last_week != 0) {
    const auto runs = status.figures->runs_missing_last_week;
    findings.push_back(std::to_string(runs) + (runs == 1 ? " run" : " runs") +
                       " of scripts could not be recorded, or not whole, in the last "
                       "week; the journal names them as gaps");
  }
  for (const auto& spool : status.spools) {
    if (spool.files != 0 && spool.oldest < std::time(nullptr) - kTooLong)
      findings.push_back(std::to_string(spool.files) + " runs wait in " +
                         spool.folder.string() + ", the oldest since " +
                         local_time(spool.oldest) +
                         "; `hookjournal maintain` takes them into the journal");
    if (spool.lost != 0)
      findings.push_back(
          "of " + std::to_string(spool.lost) + (spool.lost == 1 ? " run" : " runs") +
          " only a line could be kept, in " + (spool.folder / "lost").string() +
          "; it becomes a gap in the journal as soon as that can be "
          "written again");
    if (spool.missed_last_week)
      findings.push_back("the journal was too slow for " +
                         std::to_string(spool.deadline_misses) +
                         " hooks since the host started, at least one in the last week; "
                         "is its disk overloaded?");
  }
}

bool same_process(const Context& context, const Daemon& daemon,
                  const std::string& boot_id) {
  return context.boot_id == boot_id && context.caller.process.pid == daemon.pid &&
         context.caller.process.start_ticks == daemon.start_ticks;
}

bool called_by(JournalReader& journal, const Selection& calls, const Daemon& daemon,
               const std::string& boot_id, std::int64_t since) {
  bool found = false;
  journal.for_each_call(calls, [&](const CallRecord& call) {
    found = found || (same_process(call.context, daemon, boot_id) &&
                      call.at_ns / 1'000'000'000 >= since);
  });
  return found;
}

}  // namespace

JournalStatus look_at_journal(const fs::path& journal,
                              const std::vector<fs::path>& spools,
                              std::uint64_t journal_cap) {
  JournalStatus status;
  status.file = journal;
  try {
    status.figures = JournalReader(journal).figures();
  } catch (const Error& error) {
    status.trouble = error.what();
  }
  status.no_room = no_room(journal, journal_cap).value_or("");
  for (const auto& folder : spools) status.spools.push_back(look_at_spool(folder));
  collect_findings(status);
  return status;
}

KnowsDriver known_by_journal(const fs::path& journal) {
  std::string boot_id =
      read_small_file("/proc/sys/kernel/random/boot_id").value_or(std::string());
  while (boot_id.ends_with('\n')) boot_id.pop_back();
  return [journal, boot_id](const std::string& driver, const Daemon& daemon,
                            std::int64_t since) {
    try {
      JournalReader reader(journal);
      Selection calls;
      calls.drivers = {driver};
      calls.last = 1;
      if (called_by(reader, calls, daemon, boot_id, daemon.started)) return true;
      // Each of libvirt's daemons reports its own.
      calls.drivers = {"daemon"};
      calls.operations = {"reload"};
      calls.last = 20;
      return called_by(reader, calls, daemon, boot_id, since);
    } catch (const Error&) {
      return false;
    }
  };
}

}  // namespace hookjournal
