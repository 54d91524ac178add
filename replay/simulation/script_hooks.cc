#include "replay/simulation/script_hooks.h"

namespace hookjournal {

void keep_scripts_of(LibvirtVersion version, const std::string& driver,
                     Discovery& found) {
  if (!(version < kDirectoriesSince)) return;
  std::erase_if(found.scripts, [&driver](const auto& name) { return name != driver; });
  found.bad_directory.clear();
}

Answer ScriptHooks::call(const HookCall& call) {
  Discovery found = discover(hooks_dir_, call.driver);
  keep_scripts_of(version_, call.driver, found);
  return engine_.answer(call, hooks_dir_, found);
}

}  // namespace hookjournal
