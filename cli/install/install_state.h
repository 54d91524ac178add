#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "cli/install/hook_tree.h"

namespace hookjournal {

// `hookjournal/installed.json`: what `install` saw and nobody can find out afterwards.
struct InstallState {
  // By driver: since when it is known to have had a script, in seconds since 1970.
  // Rewriting a script renews its change time, and libvirt notices a driver's first
  // script only when the daemon starts: `status` could not tell old from new. It also
  // remembers the drivers that libvirt's own list does not have.
  std::map<std::string, std::int64_t> since;
  // By script that install left recorded: the digest of its text then. Whether somebody
  // has changed it since cannot be told by its times, which a copy or a restored backup
  // renews. Absent in files of earlier versions.
  std::map<std::string, std::string> texts;

  bool operator==(const InstallState&) const = default;
};

// SHA-256 of the user's text: without the recorder's words, or of what a launcher stands
// for; in hexadecimal. Empty when it cannot be read.
std::string text_digest(const std::filesystem::path& hooks_dir, const HookScript& script);

// A file that is absent, damaged or not ours to read is an empty state: it only serves
// hints.
InstallState load_state(const std::filesystem::path& hooks_dir);
std::filesystem::path state_path(const std::filesystem::path& hooks_dir);
std::string state_text(const InstallState& state);

}  // namespace hookjournal
