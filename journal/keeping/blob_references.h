#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "journal/blob_store.h"
#include "journal/database.h"

namespace hookjournal {

// Which blobs the journal needs: those its events refer to, the files of the trees among
// them, what the writer's caches name, and what others are packed with.
class BlobReferences {
 public:
  // Both outlive this.
  BlobReferences(Database& db, BlobStore& blobs);

  // Takes in the events that came since the last time, and the caches as they are now.
  void look();
  bool needed(std::int64_t blob) const;

 private:
  void need(std::int64_t blob);
  void need_tree(std::int64_t blob);

  Database& db_;
  BlobStore& blobs_;
  std::int64_t looked_up_to_ = 0;       // event
  std::vector<bool> needed_, is_tree_;  // by blob
};

// Removes the blobs nobody needs, in short transactions. Returns how many.
std::int64_t sweep_blobs(Database& db, BlobStore& blobs);

// Gives the room of removed rows back to the file system, as far as the journal was made
// for it, and empties the write-ahead log.
void give_back_room(Database& db);
// How long to try to empty the log while hooks come and go. One that reads for longer
// leaves it to the next upkeep.
constexpr std::chrono::milliseconds kLogPatience{1'000};

}  // namespace hookjournal
