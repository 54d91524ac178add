#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/discovery.h"
#include "journal/journal.h"

namespace hookjournal {

// A whole scripts tree in memory, without the recorder's words: what a leg of a replay
// lays at the place where the recorded one stood.
struct ScriptsTree {
  struct File {
    std::string path;  // below the hooks directory; absolute for a watched path
    unsigned mode = 0;
    std::string bytes;
  };
  std::string id;           // equal for equal trees: names it in a sandbox, a report
  std::vector<File> files;  // by path, byte order
  // What is known to have been there, but not its content: "qemu.d/big (kept by digest
  // only, 12 MiB)". A leg on such a tree may fail for want of it.
  std::vector<std::string> missing;
  // Where only the recorder stood, to watch a driver without scripts: nothing is run
  // there, so they are not among the files.
  std::vector<std::string> watchers;

  const File* find(const std::string& path) const;
};

// A directory as it is now, links followed; with or without the recorder's words in it.
// Throws Error when it cannot be read.
ScriptsTree tree_of_directory(const std::filesystem::path& directory);

// A version as the journal has it. `digest`: CallRecord::tree. What the journal has by
// digest only is looked for in `elsewhere`: a file of the same path that has this digest.
// Where scripts changed a file as they ran, no version is the right one: the first tree's
// will do, and `missing` says so.
ScriptsTree tree_of_journal(JournalReader& journal, const std::string& digest,
                            const std::vector<const ScriptsTree*>& elsewhere = {});

// What libvirt would run of it (as discover() does on a directory).
Discovery discover(const ScriptsTree& tree, const std::string& driver);

}  // namespace hookjournal
