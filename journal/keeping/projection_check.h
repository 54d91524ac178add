#pragma once

#include <cstdint>
#include <filesystem>

#include "journal/keeping/damage.h"

namespace hookjournal {

struct ProjectionReport {
  std::int64_t calls = 0, runs = 0;
  DamageList damage;  // by call
};

// Makes the tables of calls and runs again from the events, beside the real ones, and
// compares row by row. Nothing is written into the journal.
ProjectionReport check_projections(const std::filesystem::path& journal);

}  // namespace hookjournal
