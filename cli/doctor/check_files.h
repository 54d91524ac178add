#pragma once

#include <vector>

#include "cli/doctor/host_facts.h"
#include "cli/doctor/rules.h"
#include "cli/doctor/seen_script.h"

// What of a hooks directory keeps libvirt from running its scripts, or runs too many.
namespace hookjournal {

// The #! line of one script, and what it leads to.
void check_interpreter(const SeenScript& script, const HostFacts& host,
                       std::vector<Finding>& findings);

// Files libvirt passes over, or runs without anybody having meant it.
void check_names(const HookTree& tree, const std::vector<SeenScript>& scripts,
                 std::vector<Finding>& findings);

// Who may read, execute and write it all.
void check_access(const HookTree& tree, const std::vector<SeenScript>& scripts,
                  const HostFacts& host, std::vector<Finding>& findings);

}  // namespace hookjournal
