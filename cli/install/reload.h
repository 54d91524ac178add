#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/install/daemons.h"
#include "cli/install/hook_tree.h"
#include "cli/install/install_state.h"

namespace hookjournal {

// libvirt looks once, at a daemon's start or reload, which drivers have scripts at all. A
// driver whose first script came later is never called by that daemon.
struct ReloadNeeded {
  std::string driver;
  Daemon daemon;
  std::int64_t since = 0;  // its first known script, seconds since 1970
};

// Whether `daemon` is known to have called the driver, or to have been reloaded after
// `since`: then it knows. A reload leaves no other trace than a recorded call.
using KnowsDriver = std::function<bool(const std::string& driver, const Daemon& daemon,
                                       std::int64_t since)>;

std::vector<ReloadNeeded> reloads_needed(const HookTree& tree, const InstallState& state,
                                         const std::vector<Daemon>& daemons,
                                         const KnowsDriver& knows);

// "virtlxcd (pid 812) has run since 10:00 and may not know ...": what to do, in a line.
std::string reload_text(const ReloadNeeded& reload);

// "2026-11-22 09:09:56 CET"
std::string local_time(std::int64_t seconds);

// Since when the driver is known to have had a script; none when it has none now.
std::int64_t scripts_since(const HookTree::Driver& driver,
                           const std::filesystem::path& hooks_dir,
                           const InstallState& state);

}  // namespace hookjournal
