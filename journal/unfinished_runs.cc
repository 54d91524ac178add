#include "journal/unfinished_runs.h"

#include "journal/blob_store.h"
#include "journal/database.h"
#include "journal/facts_codec.h"
#include "journal/witness.h"

namespace hookjournal {

namespace {

bool alive(const ProcessId& process) {
  const auto there = process_with(process.pid);
  return there && *there == process;
}

}  // namespace

std::vector<UnfinishedRun> unfinished_runs(Database& db, BlobStore& blobs) {
  std::vector<UnfinishedRun> runs;
  auto rows = db.prepare(
      "select e.id, e.body, e.at_ns, r.call from script_runs r join events e"
      " on e.id = r.id where r.outcome = 2");
  while (rows.next())
    runs.push_back({rows.int64(0), rows.int64(3),
                    decode_start(rows.text(1), rows.int64(2), &blobs).facts});
  return runs;
}

RecorderSight sight_of(const UnfinishedRun& run, const std::string& boot,
                       std::uint64_t pids) {
  const Context& context = run.start.context;
  if (context.boot_id != boot) return RecorderSight::rebooted;
  if (context.pid_namespace != pids) return RecorderSight::elsewhere;
  return alive(run.start.recorder) || alive(run.start.writer) ? RecorderSight::there
                                                              : RecorderSight::gone;
}

}  // namespace hookjournal
