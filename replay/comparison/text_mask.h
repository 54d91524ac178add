#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "replay/sandbox/effects.h"

// Taking out of a text what is other at each run whatever the scripts are: times, process
// ids, names of temporary files. What is masked is replaced by its kind, so that a time
// written another way is still another text. Ports, addresses, UUIDs and other numbers
// are never masked here.
namespace hookjournal {

// One thing that was masked.
struct Hidden {
  // What `at` counts, if it is a moment.
  enum class Moment { none, dated, clock };
  const char* rule = "";  // "time", "pid", "temporary-name"
  std::string raw;
  Moment moment = Moment::none;
  std::int64_t at = 0;  // seconds since 1970, or since midnight
  bool fixed = false;   // equal in two legs: it is no process id, but a number
};

struct MaskedText {
  // Equal for texts that differ in masked things only. Each is one character of code 1,
  // its kind, and one of code 2.
  std::string key;
  std::vector<Hidden> hidden;  // in order
};
constexpr char kMaskBegin = '\x01', kMaskEnd = '\x02';

// What tells the moments and processes of a replay from other numbers.
struct MaskScale {
  std::int64_t now = 0;  // seconds since 1970: bare numbers this close to it are moments
  // Other numbers are no process ids.
  PidRange pids{0, std::numeric_limits<std::int64_t>::max()};
  // No leg has a process id that another has.
  bool pids_apart = false;
};

MaskedText mask_text(std::string_view text, const MaskScale& scale);

// Whether two texts of the same key can be the same text at two moments of one replay:
// not when they name days or hours that lie apart, nor when a number that two legs agree
// on is another one in the third. `one`: of two legs that agree.
bool plausible(const std::vector<Hidden>& one, const std::vector<Hidden>& other);

// The content of a file that holds nothing but a process id.
bool is_pid_file(std::string_view path, std::string_view content, const MaskScale& scale);

}  // namespace hookjournal
