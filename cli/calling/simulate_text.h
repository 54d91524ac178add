#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"
#include "replay/sandbox/effects.h"
#include "replay/simulation/simulated_libvirt.h"

namespace hookjournal {

// One step as a report tells it. `side`: "" or, of a migration, "source".
struct ToldStep {
  const SimulatedStep& step;
  std::string_view side;
  std::optional<std::int64_t> call;  // its id in the journal
  // What its scripts did in their sandbox; null: they ran for real, and nobody knows.
  const std::vector<ObservedRun>* seen = nullptr;
};

// "ok", "failed", or "no-hook" when there was nothing to run.
std::string outcome_of(const SimulatedStep& step);

void write_step(Output& output, const ToldStep& told);

}  // namespace hookjournal
