#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "replay/simulation/scenario.h"

namespace hookjournal {

// What is to be simulated, and with whom.
struct SimulationPlan {
  const Scenario* scenario = nullptr;
  std::string driver;  // one of the scenario's
  std::optional<std::string> guest_xml, network_xml;
  std::filesystem::path corpus;  // of XML to take guests from: DIR/DRIVER/*.xml
  std::int64_t guests = 1, cycles = 1;
  std::uint64_t seed = 1;
};

// A simulated libvirt, and that of a migration's source when its scripts take part.
struct SimulatedHosts {
  SimulatedLibvirt& libvirt;
  SimulatedLibvirt* source = nullptr;
};

struct SimulationResult {
  std::int64_t played = 0;
  std::int64_t reached = 0;  // their goal
};

// Hears of each play.
struct SimulationListener {
  // Before its first call. The network is null when there is none.
  std::function<void(const SimulatedGuest&, const SimulatedNetwork*)> begin;
  std::function<void(const SimulationResult&)> done;
};

// Plays the scenario `cycles` times for each guest, one after the other. Throws Error for
// XML that cannot be used, and what the hooks throw.
SimulationResult simulate(const SimulationPlan& plan, const SimulatedHosts& hosts,
                          const SimulationListener& listener = {});

}  // namespace hookjournal
