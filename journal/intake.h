#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "journal/journal_writer.h"

namespace hookjournal {

struct IntakeReport {
  std::size_t taken = 0;          // runs now in the journal
  std::size_t known = 0;          // of them, there already
  std::size_t damaged = 0;        // files that became gaps
  std::size_t lost = 0;           // runs of which only a line was kept
  bool busy = false;              // another process takes this folder in just now
  std::vector<std::string> left;  // files not taken, and why
};

// Takes up to `limit` spooled runs into the journal, each once, durably, and removes
// their files. A file in a folder that others may write is not trusted and left.
IntakeReport take_in(JournalWriter& journal, const std::filesystem::path& folder,
                     std::size_t limit);

// Appends that the recorders of unfinished runs have died: another boot, or neither
// process is there any more. Returns how many.
std::size_t note_dead_recorders(JournalWriter& journal);

}  // namespace hookjournal
