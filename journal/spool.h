#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "journal/facts.h"

// Runs that could not be written to the journal in time. A folder of files, one a run,
// named by its UUID: `UUID.run`. Taken into the journal later, each once.
namespace hookjournal {

struct SpooledRun {
  RunStarted start;
  std::optional<KeptStream> input;
  // Nothing: the process that answered died before the script's end was seen.
  std::optional<RunEnded> end;
};

// What a folder may take, in bytes; /run is memory.
constexpr std::uint64_t kSpoolCap = 64ULL << 20;

// Throws Error when it cannot be written, or the folder is full. `durable`: flushed to
// disk before it returns. The folder is made when its parent exists.
void spool_run(const std::filesystem::path& folder, const SpooledRun& run, bool durable);

// Complete files, oldest first.
std::vector<std::filesystem::path> spooled_files(const std::filesystem::path& folder);

// Nothing when the file cannot be read, for now: errno says why. Throws Error when it is
// damaged before its first fact; what follows a cut is missing.
std::optional<SpooledRun> read_spooled(const std::filesystem::path& file);

// Beside the journal, on the same disk.
std::filesystem::path spool_beside(const std::filesystem::path& journal);

// What could not even be spooled leaves a line in `FOLDER/lost`, and one in syslog.
void note_lost(const std::filesystem::path& folder, const RunStarted& run,
               const std::string& reason);
// All lost runs noted so far as one gap, and the note removed; nothing when there are
// none.
std::optional<Gap> lost_runs(const std::filesystem::path& folder);
void forget_lost(const std::filesystem::path& folder);
// How many are noted and not yet a gap.
std::uint64_t lost_so_far(const std::filesystem::path& folder);

// A missed deadline makes the following runs not wait for a minute: `FOLDER/missed` is
// touched, and grows by a byte.
void note_missed_deadline(const std::filesystem::path& folder);
bool missed_lately(const std::filesystem::path& folder);
std::uint64_t missed_deadlines(const std::filesystem::path& folder);

}  // namespace hookjournal
