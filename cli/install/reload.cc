#include "cli/install/reload.h"

#include <algorithm>
#include <ctime>

#include "cli/install/file_attributes.h"
#include "cli/time_text.h"

namespace hookjournal {

std::int64_t scripts_since(const HookTree::Driver& driver,
                           const std::filesystem::path& hooks_dir,
                           const InstallState& state) {
  const auto known = state.since.find(driver.name);
  std::int64_t since = known != state.since.end() ? known->second : std::time(nullptr);
  // A change time says that the file was there by then, under this name or another one in
  // the same directory.
  for (const auto& script : driver.scripts)
    since =
        std::min<std::int64_t>(since, status_of(hooks_dir / script.name).st_ctim.tv_sec);
  return since;
}

std::vector<ReloadNeeded> reloads_needed(const HookTree& tree, const InstallState& state,
                                         const std::vector<Daemon>& daemons,
                                         const KnowsDriver& knows) {
  std::vector<ReloadNeeded> needed;
  for (const auto& driver : tree.drivers) {
    if (driver.scripts.empty()) continue;
    const std::int64_t since = scripts_since(driver, tree.hooks_dir, state);
    for (const auto& daemon : daemons)
      if (serves(daemon.name, driver.name) && daemon.started < since &&
          !knows(driver.name, daemon, since))
        needed.push_back({driver.name, daemon, since});
  }
  return needed;
}

std::string reload_text(const ReloadNeeded& reload) {
  return reload.daemon.name + " (pid " + std::to_string(reload.daemon.pid) +
         ") runs since " + local_time(reload.daemon.started) + ", before " +
         reload.driver + " is known to have had a script: unless it was reloaded since " +
         local_time(reload.since) + ", it does not call them; `systemctl reload " +
         reload.daemon.name + "` makes it look";
}

std::string local_time(std::int64_t seconds) {
  return local_time_text(seconds * 1'000'000'000);
}

}  // namespace hookjournal
