#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace hookjournal {

// `hookjournal/installed.json`: what `install` saw and nobody can find out afterwards.
struct InstallState {
  // By driver: since when it is known to have had a script, in seconds since 1970.
  // Rewriting a script renews its change time, and libvirt notices a driver's first
  // script only when the daemon starts: `status` could not tell old from new. It also
  // remembers the drivers that libvirt's own list does not have.
  std::map<std::string, std::int64_t> since;

  bool operator==(const InstallState&) const = default;
};

// An absent or damaged file is an empty state: it only serves hints.
InstallState load_state(const std::filesystem::path& hooks_dir);
std::filesystem::path state_path(const std::filesystem::path& hooks_dir);
std::string state_text(const InstallState& state);

}  // namespace hookjournal
