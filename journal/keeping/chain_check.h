#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/sha256.h"
#include "journal/database.h"
#include "journal/keeping/damage.h"
#include "journal/keeping/keeping_facts.h"

namespace hookjournal {

struct ChainReport {
  std::int64_t events = 0;            // that are there
  std::int64_t first = 0, last = 0;   // ids of the outermost
  Digest head{};                      // of the last
  std::int64_t whole_up_to = 0;       // every event up to this one is as it was written
  Pruned pruned;                      // what is missing by the journal's own account
  std::map<Digest, Digest> replaced;  // blobs whose content was redacted: by what
  std::map<std::int64_t, Digest> digests;  // of the events that were asked for
  DamageList damage;                       // by event
};

// Recomputes the digest of every event. `wanted`: ids of events whose digests are to be
// told; those of removed ones are known where a removed range ends there.
ChainReport check_chain(Database& db, const std::vector<std::int64_t>& wanted = {});

}  // namespace hookjournal
