#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "replay/comparison/mask_ledger.h"
#include "replay/comparison/text_mask.h"

// The heart of the comparison: sequences of lines (of a text, or commands) of the two
// baseline legs and of the candidate.
namespace hookjournal {

struct Line {
  std::string raw;         // for reading
  std::string tail;        // a command's ending, for reading; empty: it succeeded
  std::string place;       // a command's name
  bool tail_open = false;  // still running: fits each tail
  // The ending fits that of one who was not killed by a closed pipe: which one of a
  // pipeline's commands ends first is chance.
  bool broken_pipe = false;
  MaskedText masked;  // of `raw`; made when it is needed
};
using Lines = std::vector<Line>;

struct SequenceRules {
  MaskScale scale{};
  bool any_order = false;  // order says nothing
  bool traced = false;     // lines of `set -x` from a pipeline's parts race
};

// Neighbouring lines of one side that stand for those of the other.
struct Hunk {
  std::vector<const Line*> before, after;
};

struct SequenceDifferences {
  std::vector<Hunk> changed;  // candidate against the baseline
  std::vector<Hunk> noise;    // the second baseline leg against the first
  // `changed` is one hunk: the same lines in another order.
  bool reordered = false;
};

// Points into the lines given, which get their masks.
SequenceDifferences compare_sequences(Lines& first, Lines& second, Lines& candidate,
                                      const SequenceRules& rules, MaskLedger& masks);

}  // namespace hookjournal
