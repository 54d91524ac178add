#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

#include "engine/sha256.h"
#include "journal/keeping/damage.h"

namespace hookjournal {

// A blob whose bytes are not those its digest was made from.
struct OtherContent {
  std::int64_t blob = 0;
  Digest told{}, found{};
};

struct BlobReport {
  std::int64_t blobs = 0;
  // To be held against what was redacted: these may be as they should.
  std::vector<OtherContent> other;
  DamageList damage;
};

// Unpacks every blob and recomputes its digest, in `threads` threads, each with a
// connection of its own. Throws Error when the file cannot be read.
BlobReport check_blobs(const std::filesystem::path& journal, unsigned threads);

}  // namespace hookjournal
