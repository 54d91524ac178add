#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "replay/simulation/simulated_libvirt.h"

namespace hookjournal {

// Leaves of what is there the scripts that this libvirt would run.
void keep_scripts_of(LibvirtVersion version, const std::string& driver, Discovery& found);

// The hooks of a simulated host: a directory of scripts, run by libvirt's rules.
class ScriptHooks : public Hooks {
 public:
  // The runner and the observer outlive this object.
  ScriptHooks(ScriptRunner& runner, RunObserver& observer,
              std::vector<std::string> environment, std::filesystem::path hooks_dir,
              LibvirtVersion version)
      : engine_(runner, observer, std::move(environment)),
        hooks_dir_(std::move(hooks_dir)),
        version_(version) {}

  Answer call(const HookCall& call) override;

 private:
  HookEngine engine_;
  std::filesystem::path hooks_dir_;
  LibvirtVersion version_;
};

}  // namespace hookjournal
