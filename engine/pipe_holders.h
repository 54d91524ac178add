#pragma once

#include <vector>

#include "engine/script_runner.h"

namespace hookjournal {

// The pipes of a script whose other ends we hold; -1 for one that is closed.
struct HeldPipes {
  int in = -1;
  int out = -1;
  int err = -1;
};

// Which other processes have these pipes open, by /proc; those we may not look into are
// missed. Costs a walk over all processes.
std::vector<PipeHolder> find_pipe_holders(const HeldPipes& pipes);

}  // namespace hookjournal
