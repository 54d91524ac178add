#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "journal/acceptance_fact.h"
#include "journal/journal.h"

namespace hookjournal {

// Records it, on disk when this returns; again with another reason replaces the reason.
// Throws UsageError for what is no fingerprint, Error when the journal cannot be written.
void accept_difference(const std::filesystem::path& journal,
                       const AcceptedDifference& accepted);
// Takes it back. Throws UsageError when it is not accepted.
void revoke_difference(const std::filesystem::path& journal,
                       const std::string& fingerprint, const std::string& by,
                       std::int64_t at_ns);

// Those in force, oldest first.
std::vector<AcceptedDifference> accepted_differences(JournalReader& journal);

}  // namespace hookjournal
