#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/comparison/difference.h"
#include "replay/comparison/ignore_rules.h"
#include "replay/comparison/mask_ledger.h"
#include "replay/comparison/sequence_comparison.h"

namespace hookjournal {

// The one value in each of three legs.
template <class Value>
struct Legs {
  Value first, second, candidate;
};

// What a comparison has come to so far.
struct Findings {
  const IgnoreRules& ignore;
  std::int64_t now = 0;  // seconds since 1970
  std::vector<Difference> changed{}, noise{};
  MaskLedger masks{};

  void add(const std::vector<Difference>& differences,
           const std::vector<Difference>& of_noise);
};

// Where a difference is.
struct Spot {
  Field field = Field::answer;
  std::string script, place;
  Difference difference(std::string before, std::string after) const;
};

// What is not more than a page is told whole.
constexpr std::size_t kMostExcerpt = 4096;
// At most that much of a text, cut between characters, and then says so.
std::string excerpt(std::string text);

// One under the other. What is no text at all (an empty line) is told in words.
std::string text_of(const std::vector<const Line*>& lines);

// Each hunk is a difference; of very many, the last holds all that remain.
std::vector<Difference> differences_of(const Spot& spot, const std::vector<Hunk>& hunks);

// A value that is compared as it is.
void compare_plain(const Spot& spot, const Legs<std::string>& values, Findings& findings);

// Leaves out lines that a user's rule names.
void drop_ignored(Field field, Legs<Lines>& lines, Findings& findings);

}  // namespace hookjournal
