#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/replay_set/fixture.h"

// What the replay of a fixture's edits and of its unchanged scripts has come to.
namespace hookjournal::replay_set {

struct Figures {
  std::int64_t fixtures = 0;
  std::int64_t breakages = 0;
  std::int64_t reported = 0;      // of these, as `changed`
  std::int64_t only_as_leak = 0;  // of the others
  std::int64_t with_field = 0, with_consequence = 0;
  std::int64_t harmless = 0, harmless_reported = 0;
  std::int64_t unchanged_calls = 0, unchanged_lives = 0;
  std::int64_t false_alarms = 0, false_leaks = 0, inconclusive = 0;
  // What is not as it should be, for a person; a breakage whose field or consequence is
  // another one too.
  std::vector<std::string> findings;

  void add(const Figures& other);
};

Figures measure(const Fixture& fixture, int repetitions);

// As one line of text and back, from process to process.
std::string to_text(const Figures& figures);
Figures figures_of_text(const std::string& text);

}  // namespace hookjournal::replay_set
