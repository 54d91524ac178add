#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/output.h"
#include "replay/simulated_libvirt.h"

namespace hookjournal {

// One step as a report tells it. `side`: "" or, of a migration, "source".
struct ToldStep {
  const SimulatedStep& step;
  std::string_view side;
  std::optional<std::int64_t> call;  // its id in the journal
};

void write_step(Output& output, const ToldStep& told);
std::string step_to_json(const ToldStep& told);

}  // namespace hookjournal
