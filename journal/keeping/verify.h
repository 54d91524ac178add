#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "journal/keeping/anchor.h"
#include "journal/keeping/chain_check.h"
#include "journal/keeping/damage.h"

namespace hookjournal {

// What heads that were noted elsewhere say.
struct AnchorReport {
  std::size_t given = 0;            // of this journal
  std::size_t foreign = 0;          // of others
  std::size_t fitting = 0;          // the chain has them
  std::size_t pruned = 0;           // their events are gone, as the journal says
  std::int64_t newest_fitting = 0;  // event; 0: none
  // The first event noted that the chain does not have, or has otherwise. All from the
  // newest fitting one on was cut off, rewritten, or taken back by a snapshot.
  std::int64_t first_missing = 0;
  std::optional<Digest> noted, found;  // of it; nothing found: the chain ends before
};

struct VerifyReport {
  std::string journal;  // its UUID, 32 hexadecimal digits
  ChainReport chain;
  std::int64_t blobs = 0, calls = 0, runs = 0;
  AnchorReport anchors;
  // All, in this order: chain, anchors, blobs, calls, settings, schema, file.
  DamageList damage;

  bool sound() const { return damage.count() == 0; }
};

// Checks all of a journal; hooks may run meanwhile. Damage is reported; throws Error only
// for what cannot be opened as a journal at all.
VerifyReport verify(const std::filesystem::path& journal,
                    const std::vector<Anchor>& anchors);

}  // namespace hookjournal
