#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.h"
#include "journal/selection.h"

namespace hookjournal {

enum class GroupBy {
  object,
  script,
  operation,
  driver,
  outcome,
  consequence,
  tree,
  hour,
  day,
};
std::string_view to_string(GroupBy by);
std::optional<GroupBy> group_by_named(std::string_view name);

// The selected calls that agree in one thing; by script: the runs of it in these calls.
struct CallGroup {
  // A tree's is its digest in hexadecimal, empty where the version is not known. Hours
  // and days are those of this process' zone: "2026-11-22T09:00:00+01:00", "2026-11-22".
  std::string key;
  std::uint64_t calls = 0, failed = 0;
  std::int64_t first_ns = 0, last_ns = 0;
  std::int64_t first_call = 0, last_call = 0;
  std::int64_t total_ns = 0;  // of those that have ended
};

// Hours and days in their order; others: most calls first.
std::vector<CallGroup> call_groups(JournalReader& journal, const Selection& selection,
                                   GroupBy by);

}  // namespace hookjournal
