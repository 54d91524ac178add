#pragma once

#include <string>
#include <vector>

#include "journal/journal.h"

// A guest or network keeps its UUID when it is renamed.
namespace hookjournal {

// The other names in whose newest calls a UUID of `object`'s newest calls is found.
std::vector<std::string> other_names(JournalReader& journal, const std::string& object);

// Every name under which calls with this UUID (36 characters) are recorded.
std::vector<std::string> names_of_uuid(JournalReader& journal, const std::string& uuid);

// The 32 digits of a UUID as the journal's columns are asked for them.
std::string uuid_digits(const std::string& uuid);

}  // namespace hookjournal
