#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/selection.h"

namespace hookjournal {

class CommandLine;

// The options that choose calls, the same for every command that is about several.
class SelectionOptions {
 public:
  // This object must live as long as the parsing.
  explicit SelectionOptions(CommandLine& line);

  // What was asked for, with times seen from `now_ns`. Throws UsageError for a word that
  // cannot be meant.
  Selection selection(std::int64_t now_ns) const;
  // Whether any of the options was given.
  bool any() const;

 private:
  using Words = std::vector<std::string>;
  Words drivers_, objects_, uuids_, operations_, outcomes_, consequences_, scripts_,
      calls_, hosts_, origins_, texts_, xpaths_;
  std::string since_, until_, slower_than_, last_;
};

}  // namespace hookjournal
