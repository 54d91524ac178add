#pragma once

#include <vector>

#include "cli/doctor/host_facts.h"
#include "cli/doctor/rules.h"
#include "cli/doctor/seen_script.h"

// What a script's text says about how it will fare under libvirt. Told from the text
// alone and therefore likely, never certain: where a check cannot follow, it is silent.
namespace hookjournal {

// calls-libvirt
void check_calls(const SeenScript& script, std::vector<Finding>& findings);
// background-child
void check_background(const SeenScript& script, std::vector<Finding>& findings);
// prints-into-filter
void check_output(const SeenScript& script, std::vector<Finding>& findings);
// status-hidden-by-pipe
void check_pipes(const SeenScript& script, std::vector<Finding>& findings);
// expects-other-arguments
void check_arguments(const SeenScript& script, std::vector<Finding>& findings);
// unknown-operation, operation-never-fires
void check_operations(const SeenScript& script, const HostFacts& host,
                      std::vector<Finding>& findings);
void check_dispatch_folder(const DispatchFolder& folder, const HostFacts& host,
                           std::vector<Finding>& findings);
// relies-on-home, command-not-in-path, apparmor-denies-program
void check_environment(const SeenScript& script, const HostFacts& host,
                       std::vector<Finding>& findings);

// All of them for one script.
void check_text(const SeenScript& script, const HostFacts& host,
                std::vector<Finding>& findings);

}  // namespace hookjournal
