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
  MaskScale scale{};
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

// Whether something is there in all three legs, and not equal in all: then its parts are
// to be compared. Where only some have it, that is the difference; `told` puts a whole
// one in words, and none.
template <class State, class Told>
bool differ_inside(const Spot& spot, const Legs<const State*>& states, Told told,
                   Findings& findings) {
  const State &first = *states.first, &second = *states.second,
              &candidate = *states.candidate;
  if (first == second && first == candidate) return false;
  if (first.has_value() != second.has_value()) {
    findings.noise.push_back(spot.difference(told(first), told(second)));
    return false;
  }
  if (first.has_value() != candidate.has_value()) {
    findings.changed.push_back(spot.difference(told(first), told(candidate)));
    return false;
  }
  return first.has_value();
}

// A value that is compared as it is.
void compare_plain(const Spot& spot, const Legs<std::string>& values, Findings& findings);

// Leaves out lines that a user's rule names.
void drop_ignored(Field field, Legs<Lines>& lines, Findings& findings);

}  // namespace hookjournal
