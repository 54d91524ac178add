#pragma once

#include <filesystem>

#include "engine/config.h"
#include "replay/simulation.h"

namespace hookjournal {

// A simulation on real scripts, recorded and told on stdout.
struct Play {
  SimulationPlan plan;
  LibvirtVersion version;
  Fault fault = Fault::none;
  std::filesystem::path scripts;
  std::filesystem::path source_scripts;  // empty: the source takes no part
  std::filesystem::path journal;         // exists
  Config config;
  bool json = false;
};

struct PlayResult {
  SimulationResult simulation;
  std::int64_t recorded = 0;  // calls
};

PlayResult play(const Play& play);

}  // namespace hookjournal
