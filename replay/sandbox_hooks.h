#pragma once

#include <memory>
#include <string>
#include <vector>

#include "journal/facts.h"
#include "replay/guest_files.h"
#include "replay/sandbox/sandbox.h"
#include "replay/simulation/simulated_libvirt.h"

namespace hookjournal {

// Where scripts are that libvirt runs.
constexpr const char* kHooksOfLibvirt = "/etc/libvirt/hooks";

// The hooks of a simulated host whose scripts act on nothing but copies: in a sandbox for
// each play, opened when its first script runs.
class SandboxHooks : public Hooks {
 public:
  struct Setting {
    ScriptsTree tree;                      // appears at kHooksOfLibvirt
    std::vector<std::string> environment;  // of the scripts
    LibvirtVersion version = kNewestLibvirt;
    bool with_links = false;  // make those that the XML of guest and network names
  };
  // The maker and the observer outlive this object.
  SandboxHooks(SandboxMaker& maker, RunObserver& observer, Setting setting);

  // The next call is the first of another play, with these: it meets nothing of what the
  // last one left.
  void begin(const SimulatedGuest& guest, const SimulatedNetwork* network);
  // Throws Error when the sandbox fails.
  Answer call(const HookCall& call) override;
  // What the scripts of the last call did.
  const std::vector<ObservedRun>& seen() const { return seen_; }

 private:
  void open(const HookCall& first);

  SandboxMaker& maker_;
  RunObserver& observer_;
  Setting setting_;
  Context context_;
  std::optional<ScriptsTree::File> guest_file_, network_file_;
  NamedLinks links_;
  std::unique_ptr<Sandbox> sandbox_;
  std::vector<ObservedRun> seen_;
};

}  // namespace hookjournal
