#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/install/daemons.h"

namespace hookjournal {

// All that doctor asks of the machine beside the files themselves, so that a test can
// have any machine.
struct DaemonFacts {
  Daemon daemon;
  uid_t user = 0;
  std::int64_t reloaded = 0;  // the last time known, in seconds since 1970; or 0
  // Compiled into its libvirt; empty when not known.
  std::filesystem::path looks_in;
  // 10'005'000 is 10.5.0; 0 when not known.
  int version = 0;
  // Its AppArmor profile when that is enforced, its SELinux domain ("virtqemud_t").
  std::string apparmor, selinux;
  std::optional<std::map<std::string, std::string>> environment;
  // Where its file system can be seen from here: /proc/PID/root, or empty for our own.
  std::filesystem::path root;
};

struct HostFacts {
  std::vector<DaemonFacts> daemons;
  // What administrators added to libvirt's AppArmor profiles.
  std::string apparmor_local;
  bool selinux_enforcing = false;
  std::optional<bool> virt_hooks_unconfined;
  // The SELinux type of a file, or "".
  std::function<std::string(const std::filesystem::path&)> selinux_type =
      [](const auto&) { return std::string(); };
  std::function<bool(const std::filesystem::path&)> on_noexec = [](const auto&) {
    return false;
  };
  std::function<bool(const std::filesystem::path&)> on_read_only = [](const auto&) {
    return false;
  };
  // Programs outside the daemon's PATH that an administrator's shell would find.
  std::vector<std::filesystem::path> other_program_folders;
  // Who may own what root runs.
  std::vector<uid_t> trusted = {0};

  // Of the running daemons that call this driver, the oldest; 0 when nobody knows.
  int version_for(const std::string& driver) const;
  // PATH and so on of the system's daemon that calls the driver. Nothing when it has
  // none, or, when none runs, when systemd gives none.
  std::optional<std::string> environment_for(const std::string& driver,
                                             const std::string& name) const;
};

HostFacts facts_of_this_host();

}  // namespace hookjournal
