#pragma once

#include <optional>
#include <string>

#include "journal/blob_store.h"
#include "journal/database.h"
#include "journal/facts.h"

namespace hookjournal {

// Whether the wall clock went ahead by more than a week beyond what the newest events and
// the clock of their boots account for: then nothing is old because it looks old. The
// reason as a sentence, or nothing. An earlier prune is a moment the clock was trusted.
// A host that was off for long looks the same; a person can tell.
std::optional<std::string> clock_jumped(Database& db, BlobStore& blobs, const Moment& now,
                                        const std::string& boot_id);

}  // namespace hookjournal
