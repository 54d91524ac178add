#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/facts.h"

namespace hookjournal {

class BlobStore;
class Database;

// A run without an end: its script runs, or its recorder died.
struct UnfinishedRun {
  std::int64_t run = 0;  // of its start event
  std::int64_t call = 0;
  RunStarted start;
};
std::vector<UnfinishedRun> unfinished_runs(Database& db, BlobStore& blobs);

// Whether the processes of such a run can be there.
enum class RecorderSight {
  there,      // one of them is
  gone,       // both have ended on this host
  rebooted,   // the host of this journal has gone down since, or was another
  elsewhere,  // their pids are another pid namespace's: nothing is known of them here
};
// `boot`, `pids`: of this process, boot_id() and pid_namespace().
RecorderSight sight_of(const UnfinishedRun& run, const std::string& boot,
                       std::uint64_t pids);

}  // namespace hookjournal
