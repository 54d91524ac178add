#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/unique_fd.h"
#include "journal/acceptance_fact.h"
#include "journal/blob_store.h"
#include "journal/event_kind.h"
#include "journal/facts.h"
#include "journal/keeping/anchor.h"
#include "journal/projection.h"
#include "journal/tree_store.h"

namespace hookjournal {

// Appends to a journal. Each function is one transaction; no lock is held between them.
// Throws DatabaseError where the journal refuses; what was appended before stays.
class JournalWriter {
 public:
  // Opens an existing journal of a schema this program may write. `patience`: how long to
  // wait for another process's lock.
  JournalWriter(const std::filesystem::path& file, std::chrono::milliseconds patience);

  // Returns the run's id (that of its start event). A run that is there already (taken in
  // from the spool before) is not recorded again.
  std::int64_t start(const RunStarted& facts, const std::optional<KeptStream>& input,
                     const std::optional<ScannedTree>& tree = {});
  // The first end of a run is the one that counts.
  void end(std::int64_t run, const RunEnded& facts,
           const std::optional<KeptStream>& input = {});
  // Both at once, for a script that has ended before its start could be written: half the
  // pages to write while libvirt waits. Of a run that is known only what is missing.
  std::int64_t whole(const RunStarted& start, const std::optional<KeptStream>& input,
                     const std::optional<ScannedTree>& tree, const RunEnded& end);
  void died(const RecorderDied& facts);
  void gap(const Gap& gap);
  void acceptance(const AcceptanceFact& fact);

  // What start() appended survives a crash of this process, not yet of the host. After
  // this, all that was appended survives a power cut too.
  void make_durable();

  struct KnownRun {
    std::int64_t id;
    bool ended;  // what the spool holds of it is then old news
    bool has_input;
  };
  std::optional<KnownRun> find_run(const std::string& uuid);

  // Empties the write-ahead log into the database when it has grown: the next hook reads
  // all of it. Does nothing while readers are in the way.
  void checkpoint_if_long();

  // The last event, and which journal this is; event 0 in an empty one.
  Anchor head();
  // Appends a fact of upkeep. Needs a transaction, at whose failure blobs().forget() is
  // to be called. Returns the event's id.
  std::int64_t note(std::int64_t kind, const Moment& at, const std::string& body) {
    return append(kind, at.wall_ns, body);
  }

  BlobStore& blobs() { return blobs_; }
  TreeStore& trees() { return trees_; }
  Database& database() { return db_; }

  // All projections anew from the events, in one transaction.
  void rebuild();

 private:
  struct Appended {
    std::int64_t id;
    std::string body;
  };
  Appended append_start_event(const RunStarted& facts,
                              const std::optional<KeptStream>& input,
                              const std::optional<ScannedTree>& tree);
  Appended append_end_event(std::int64_t run, const RunEnded& facts,
                            const std::optional<KeptStream>& input);
  std::int64_t append_start(const RunStarted& facts,
                            const std::optional<KeptStream>& input,
                            const std::optional<ScannedTree>& tree);
  void append_end(std::int64_t run, const RunEnded& facts,
                  const std::optional<KeptStream>& input);
  std::int64_t append(std::int64_t kind, std::int64_t at_ns, const std::string& body);

  Database db_;
  BlobStore blobs_;
  TreeStore trees_;
  Projection projection_;
  LazyStatement last_event_, append_;
  UniqueFd log_;  // the -wal file, to flush it ourselves
};

// Recomputes every event's digest. Returns the id of the first event that does not fit,
// or 0.
std::int64_t first_broken_link(Database& db);

}  // namespace hookjournal
