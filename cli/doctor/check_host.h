#pragma once

#include <vector>

#include "cli/doctor/host_facts.h"
#include "cli/doctor/rules.h"
#include "cli/doctor/seen_script.h"
#include "cli/install/reload.h"

// Whether the daemons of this host come to the scripts at all.
namespace hookjournal {

// The daemons that read this hooks directory, as far as anybody knows.
std::vector<Daemon> readers_of(const std::filesystem::path& hooks_dir,
                               const HostFacts& host);

// Whether root runs what is in there, as far as anybody can tell: some daemon reads it,
// or it is called as theirs are. A copy to be checked before it is put into place is
// neither.
bool is_for_daemons(const std::filesystem::path& hooks_dir, const HostFacts& host);

// reload-needed, hooks-directory-elsewhere
void check_daemons(const HookTree& tree, const HostFacts& host, const KnowsDriver& knows,
                   std::vector<Finding>& findings);

// apparmor-denies-script, selinux-label, selinux-boolean-off
void check_confinement(const HookTree& tree, const std::vector<SeenScript>& scripts,
                       const HostFacts& host, std::vector<Finding>& findings);

}  // namespace hookjournal
