#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/config.h"
#include "replay/sandbox/sandbox.h"
#include "replay/simulation/simulation.h"

namespace hookjournal {

// A simulation on real scripts, in a sandbox or not, recorded and told on stdout.
struct Play {
  SimulationPlan plan;
  LibvirtVersion version;
  Fault fault = Fault::none;
  std::filesystem::path scripts;
  std::filesystem::path source_scripts;  // empty: the source takes no part
  std::filesystem::path journal;         // exists
  Config config;
  bool json = false;
  // Where the scripts run, in a fresh one for each play; null: for real, on this machine.
  SandboxMaker* sandboxes = nullptr;
  bool links = false;  // in a sandbox: make those that the XML names
  // Commands that the scripts call, and neither this host nor the sandbox has.
  std::vector<std::string> lacking;
};

struct PlayResult {
  SimulationResult simulation;
  std::int64_t recorded = 0;   // calls
  std::int64_t timed_out = 0;  // scripts killed at the time limit of a sandbox
};

PlayResult play(const Play& play);

}  // namespace hookjournal
