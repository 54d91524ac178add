#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/doctor/check_recorder.h"
#include "cli/doctor/host_facts.h"
#include "cli/doctor/rules.h"
#include "cli/install/reload.h"
#include "cli/output.h"

namespace hookjournal {

struct DoctorRequest {
  std::filesystem::path hooks_dir;  // that exists
  HostFacts host;
  KnowsDriver knows;
  std::optional<RecorderHealth> recorder;
};

// All there is to say, by path and line.
std::vector<Finding> diagnose(const DoctorRequest& request);

// For reading; not a contract.
void write_findings(const std::vector<Finding>& findings, Output& output);
void write_rules(Output& output);
// One object a line; keys may be added, never changed.
std::string findings_json(const std::vector<Finding>& findings);

}  // namespace hookjournal
