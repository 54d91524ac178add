#pragma once

#include <string>
#include <vector>

#include "cli/install/hook_tree.h"
#include "cli/install/planned_change.h"

namespace hookjournal {

struct InstallRequest {
  std::filesystem::path hooks_dir;  // absolute, as scripts will name it
  std::string recorder;             // absolute
  std::vector<std::string>
      drivers;  // to be recorded too: unknown to us, or without script
  // Scripts to be launched though they look for files beside themselves.
  std::vector<std::string> launch;
};

std::vector<PlannedChange> plan_install(const HookTree& tree,
                                        const InstallRequest& request);

// A symbolic link moved to our folder points to the same file when a relative target gets
// a prefix: "../" for a driver's main script, "../../qemu.d/" for an entry of qemu.d. An
// absolute target stays.
std::filesystem::path target_from_our_folder(const std::string& script,
                                             const std::filesystem::path& target);
// The reverse; empty when `target` has not that prefix.
std::filesystem::path target_from_place(const std::string& script,
                                        const std::filesystem::path& target);

}  // namespace hookjournal
