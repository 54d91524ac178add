#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/sha256.h"

namespace hookjournal {

// A scripts tree as the file system shows it, without reading any file: what it takes to
// see whether anything has changed since the last look.
struct TreeFile {
  std::string path;  // below the hooks directory; absolute for a watched path
  std::filesystem::path location;  // where to read it
  unsigned mode = 0;               // permission bits, of the target of a link
  std::uint64_t size = 0;
  std::int64_t changed_ns = 0;  // ctime, UTC: every change sets it, and nobody else can
  std::string state;            // device, inode, size, times, mode: equal means unchanged
};

struct TreeListing {
  std::vector<TreeFile> files;  // by path, byte order
  bool too_many = false;        // more than kMostFiles: the rest was left out
  // Of all but these files' states: they are known to change during calls.
  Digest signature(const std::set<std::string>& known_volatile) const;
  std::int64_t newest_change_ns() const;
};

constexpr std::size_t kMostFiles = 2000;
constexpr std::uint64_t kLargestFile = 1 << 20;
constexpr std::uint64_t kLargestTree = 8 << 20;

// Links are followed. Left out: .git, __pycache__, *.log, editors' files (unless libvirt
// would run them), and what is ours: of `hookjournal/` only moved originals count.
TreeListing list_tree(const std::filesystem::path& hooks_dir,
                      const std::vector<std::filesystem::path>& watched);

// What changed from one look to the next, besides scripts: files in which these keep
// state.
std::vector<std::string> changed_state_files(const TreeListing& before,
                                             const TreeListing& after);

// One file as a tree version keeps it.
struct TreeContent {
  enum class Kind {
    content,        // the bytes
    private_file,   // others may not read it: a keyed digest of the bytes
    too_large,      // the digest only
    volatile_file,  // changed during this call: the digest only. Does so in each: neither
    unreadable,
    no_room,  // the digest only: past kLargestTree in all
  };
  std::string path;
  unsigned mode = 0;
  Kind kind = Kind::content;
  std::string bytes;  // of content and private_file (never to be written as they are)
  Digest digest{};    // of too_large, no_room, volatile_file; zero: none
};

// Reads what was listed. The recorder's words are taken out of a script's first line, and
// a launcher is replaced by what it launches: a version means the user's text.
// A file that changed at or after `changed_since_ns` (UTC) is not what the call saw. One
// that changed after `now_ns` has its time from another clock, which tells nothing.
std::vector<TreeContent> read_tree(const TreeListing& listing,
                                   const std::set<std::string>& known_volatile,
                                   std::int64_t changed_since_ns, std::int64_t now_ns);

}  // namespace hookjournal
