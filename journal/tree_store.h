#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/script_tree.h"
#include "journal/blob_store.h"
#include "journal/records.h"

namespace hookjournal {

// A tree ready to be kept: known by its signature, or read.
struct ScannedTree {
  std::string hooks_dir;
  Digest signature{};
  bool settled = false;    // old enough that equal times mean equal content
  std::int64_t known = 0;  // blob of the version seen last with this signature
  bool too_many = false;
  std::vector<TreeContent> files;
};

// Tree versions: a blob of text, one line a file, and the files' contents as blobs.
//   MODE KIND DIGEST PATH    "0755 file 9f86… qemu"; KIND: file, keyed, large, volatile,
//   unreadable, no-room
// A first line "# more than 2000 files: ..." tells that the list is not complete.
class TreeStore {
 public:
  TreeStore(Database& db, BlobStore& blobs);

  // Reads only what is needed: nothing when the listing is as it was last time.
  ScannedTree scan(const TreeListing& listing, const std::filesystem::path& hooks_dir,
                   std::int64_t run_started_ns);
  // Returns the version's blob. Needs a write transaction.
  std::int64_t keep(const ScannedTree& tree);
  // These changed while a script ran. Files that do so again and again are the scripts'
  // own state, no part of what a version means; one that does not for a week is again.
  void note_volatile(const std::filesystem::path& hooks_dir,
                     const std::vector<std::string>& paths, std::int64_t at_ns);

 private:
  std::set<std::string> known_volatile(const std::filesystem::path& hooks_dir,
                                       std::int64_t at_ns);

  Database& db_;
  BlobStore& blobs_;
};

std::vector<TreeEntry> parse_tree(const std::string& text);
TreeLimits limits_met_by(const std::string& text);

// The journal's own: what digests of files are keyed with that others may not read.
std::string secret_of(Database& db);

}  // namespace hookjournal
