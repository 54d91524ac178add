#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/records.h"

namespace hookjournal {

// Which calls a command is about; the same options everywhere. Empty means all. Several
// values of one kind are alternatives; kinds narrow each other down.
struct Selection {
  std::vector<std::string> drivers, objects, uuids, operations, scripts, hosts;
  // In an input, an output or errors (search/text_pattern.h); XPaths an input matches.
  std::vector<std::string> texts, xpaths;
  std::vector<Outcome> outcomes;
  std::vector<Consequence> consequences;
  std::vector<Origin> origins;
  std::optional<std::int64_t> since_ns, until_ns;  // UTC, [since, until)
  std::optional<std::int64_t> slower_than_ns;
  struct Range {
    std::int64_t first, last;
  };
  std::vector<Range> calls;          // --call N[,N..M]
  std::optional<std::int64_t> last;  // the newest N of what is left
};

// Whether it is about less than all calls.
bool narrows(const Selection& selection);

}  // namespace hookjournal
