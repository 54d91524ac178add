#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/install/hook_tree.h"
#include "cli/install/planned_change.h"

namespace hookjournal {

// What a person who installs should know of this host and would not guess: a sentence
// each, none on most hosts. `tree` and `changes` as install found and made them; `root`
// is where the system's own files are.
std::vector<std::string> install_notes(const HookTree& tree,
                                       const std::vector<PlannedChange>& changes,
                                       const std::string& recorder,
                                       const std::filesystem::path& root = "/");

// For each driver that libvirt does not have, as far as we know: that nothing may call
// it, and which one it is spelled like.
std::vector<std::string> unknown_driver_notes(const std::vector<std::string>& drivers);

}  // namespace hookjournal
