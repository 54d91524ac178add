#pragma once

#include <string>

#include "journal/journal.h"

namespace hookjournal {

// What was selected, safe to show: "--driver qemu --since 2026-11-15 09:00:00 CET", or
// "every call".
std::string selection_words(const Selection& selection);

// What a journal holds: "1,204 calls, the newest of 2026-11-22 09:09:56 CET".
std::string journal_words(JournalReader& journal);

}  // namespace hookjournal
