#include "replay/script_hooks.h"

namespace hookjournal {

Answer ScriptHooks::call(const HookCall& call) {
  Discovery found = discover(hooks_dir_, call.driver);
  if (version_ < kDirectoriesSince) {
    std::erase_if(found.scripts,
                  [&call](const auto& name) { return name != call.driver; });
    found.bad_directory.clear();
  }
  return engine_.answer(call, hooks_dir_, found);
}

}  // namespace hookjournal
