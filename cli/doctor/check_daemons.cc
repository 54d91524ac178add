#include <algorithm>

#include "cli/doctor/check_host.h"
#include "cli/escape.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

fs::path real(const fs::path& path) {
  std::error_code unknown;
  fs::path found = fs::canonical(path, unknown);
  return unknown ? path : found;
}

bool reads(const DaemonFacts& facts, const fs::path& hooks_dir) {
  return facts.looks_in.empty() || real(facts.looks_in) == real(hooks_dir);
}

bool is_meant_for_daemons(const fs::path& hooks_dir) {
  return hooks_dir.filename() == "hooks" &&
         hooks_dir.parent_path().filename() == "libvirt";
}

std::string who(const Daemon& daemon) {
  return daemon.name + " (pid " + std::to_string(daemon.pid) + ")";
}

void check_reload(const HookTree& tree, const HostFacts& host, const KnowsDriver& knows,
                  std::vector<Finding>& findings) {
  const auto needed = reloads_needed(tree, load_state(tree.hooks_dir),
                                     readers_of(tree.hooks_dir, host), knows);
  for (const auto& reload : needed) {
    const auto facts =
        std::find_if(host.daemons.begin(), host.daemons.end(),
                     [&](const auto& one) { return one.daemon == reload.daemon; });
    if (facts->reloaded >= reload.since) continue;
    // A user's own daemon is no service of the system.
    const std::string how = facts->user == 0
                                ? "systemctl reload " + reload.daemon.name
                                : "kill -HUP " + std::to_string(reload.daemon.pid);
    const auto scripts =
        std::find_if(tree.drivers.begin(), tree.drivers.end(),
                     [&](const auto& driver) { return driver.name == reload.driver; });
    findings.push_back(
        {"reload-needed", tree.hooks_dir / scripts->scripts.front().name, 0,
         who(reload.daemon) + " runs since " + local_time(reload.daemon.started) +
             "; the " + reload.driver + " driver is known to have scripts only since " +
             local_time(reload.since) + ": without a reload since then it calls none",
         how});
  }
}

void check_directory(const HookTree& tree, const HostFacts& host,
                     std::vector<Finding>& findings) {
  const bool any =
      std::any_of(tree.drivers.begin(), tree.drivers.end(),
                  [](const auto& driver) { return !driver.scripts.empty(); });
  if (!any || !is_meant_for_daemons(tree.hooks_dir)) return;
  for (const auto& facts : host.daemons) {
    const bool concerned =
        std::any_of(tree.drivers.begin(), tree.drivers.end(), [&](const auto& driver) {
          return !driver.scripts.empty() && serves(facts.daemon.name, driver.name);
        });
    if (!concerned || reads(facts, tree.hooks_dir)) continue;
    findings.push_back({"hooks-directory-elsewhere", tree.hooks_dir, 0,
                        who(facts.daemon) + " looks for its hooks in " +
                            visible(facts.looks_in.string()) + ", not here",
                        "move the scripts there, or make that a link to this directory"});
  }
}

}  // namespace

std::vector<Daemon> readers_of(const fs::path& hooks_dir, const HostFacts& host) {
  std::vector<Daemon> daemons;
  for (const auto& facts : host.daemons)
    if (reads(facts, hooks_dir) &&
        (!facts.looks_in.empty() || is_meant_for_daemons(hooks_dir)))
      daemons.push_back(facts.daemon);
  return daemons;
}

bool is_for_daemons(const fs::path& hooks_dir, const HostFacts& host) {
  return is_meant_for_daemons(hooks_dir) || !readers_of(hooks_dir, host).empty();
}

void check_daemons(const HookTree& tree, const HostFacts& host, const KnowsDriver& knows,
                   std::vector<Finding>& findings) {
  check_reload(tree, host, knows, findings);
  check_directory(tree, host, findings);
}

}  // namespace hookjournal
