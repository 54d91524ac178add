#pragma once

#include <string>

#include "cli/doctor/host_facts.h"

// What libvirt's own AppArmor profiles let its daemons execute (usr.sbin.libvirtd,
// usr.sbin.virtqemud, usr.sbin.virtxend; alike since 2014): `/etc/libvirt/hooks/** rmix`,
// and programs of /bin, /sbin, /usr/bin and /usr/sbin outside the profile (`PUx`).
namespace hookjournal {

// A running daemon that calls the driver's hooks inside such a profile, enforced; or
// null.
const DaemonFacts* confined_by_apparmor(const HostFacts& host, const std::string& driver);

// Links followed, as AppArmor does. In doubt it does: an administrator may have added to
// the profile.
bool apparmor_lets_execute(const std::filesystem::path& program, const HostFacts& host);

std::string apparmor_remedy(const DaemonFacts& daemon, const std::string& program);

}  // namespace hookjournal
