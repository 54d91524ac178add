#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/install/reload.h"
#include "journal/journal.h"

namespace hookjournal {

struct SpoolStatus {
  std::filesystem::path folder;
  std::size_t files = 0;
  std::int64_t oldest = 0;  // seconds since 1970, of a folder with files
  std::uint64_t deadline_misses = 0;
  bool missed_last_week = false;
  std::uint64_t lost = 0;  // runs of which only a line was kept, in no journal yet
};

struct JournalStatus {
  std::filesystem::path file;
  std::optional<JournalReader::Figures> figures;
  std::string trouble;  // why there are no figures
  std::string no_room;  // why hooks only count their calls now, or empty
  std::vector<SpoolStatus> spools;
  std::vector<std::string> findings;
};

// `journal_cap` as Config::journal_cap.
JournalStatus look_at_journal(const std::filesystem::path& journal,
                              const std::vector<std::filesystem::path>& spools,
                              std::uint64_t journal_cap);

// By the journal's last calls: whether that very process called the driver, or reported a
// reload. Without a readable journal nobody knows.
KnowsDriver known_by_journal(const std::filesystem::path& journal);

}  // namespace hookjournal
