#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace hookjournal {

struct RestoredTree {
  std::size_t files = 0;
  std::vector<std::string> missing;  // "qemu.d/big: that file was too large, ..."
};

// Writes the files of a tree version (its digest) into `directory`, which must not exist
// or be empty, with their modes but for set-id bits. What lay outside the hooks directory
// is left out, and what the journal has no content of; both are told. Throws Error.
RestoredTree restore_tree(JournalReader& journal, const std::string& tree,
                          const std::filesystem::path& directory);

}  // namespace hookjournal
