#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "replay/simulation/simulated_libvirt.h"

namespace hookjournal {

// Whom a scenario is played with. `source`: of a migration, when its hooks are to be
// called too.
struct Cast {
  SimulatedLibvirt& libvirt;
  SimulatedLibvirt* source = nullptr;
  SimulatedGuest* guest = nullptr;
  SimulatedNetwork* network = nullptr;
};

// Something libvirt does, from the first hook it calls to the last.
struct Scenario {
  std::string_view name;
  std::vector<std::string_view> drivers;  // that have it; the first is taken unless told
  std::string_view summary;
  bool starts_guest;  // so that a fault in between can be asked for
  // Whether it reached its goal.
  bool (*play)(const Cast& cast);
};

const std::vector<Scenario>& scenarios();
const Scenario* scenario_named(std::string_view name);

struct FaultName {
  std::string_view name;
  Fault fault;
  std::string_view summary;
  bool of_migration;  // makes sense there only
};
const std::vector<FaultName>& faults();

}  // namespace hookjournal
