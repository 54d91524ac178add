#include "replay/sandbox/stand_ins/stand_in_places.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

// A script may call them in ways that no parser sees (python's subprocess), and they are
// where the script came from.
constexpr const char* kOnEveryHost[] = {"systemctl", "virsh",  "modprobe", "rmmod",
                                        "mount",     "umount", "logger",   "udevadm"};

// With /bin a link to usr/bin, /bin/mount and /usr/bin/mount are one place. The file's
// own links stay: /usr/sbin/lvcreate is a link to lvm, and is what is replaced.
fs::path without_links(const fs::path& folder) {
  std::error_code none;
  fs::path real = fs::weakly_canonical(folder, none);
  return none ? folder : real;
}

std::vector<fs::path> folders_of(const std::string& path_variable) {
  std::vector<fs::path> folders;
  std::istringstream parts(path_variable + ":" + kUsualFolders);
  for (std::string part; std::getline(parts, part, ':');) {
    // A relative one means another folder after every `cd`.
    if (!part.starts_with('/')) continue;
    fs::path folder = without_links(part);
    if (std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.push_back(std::move(folder));
  }
  return folders;
}

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(file, ignored));
}

fs::path place_of_path(const fs::path& file) {
  return without_links(file.parent_path()) / file.filename();
}

}  // namespace

std::vector<std::string> stand_in_places(const StandInRules& rules,
                                         const std::vector<std::string>& missing,
                                         const std::string& path_variable) {
  const auto folders = folders_of(path_variable);
  std::set<std::string> places;
  const auto everywhere = [&](const std::string& name) {
    bool found = false;
    for (const auto& folder : folders)
      if (is_there(folder / name)) {
        places.insert(folder / name);
        found = true;
      }
    return found;
  };
  for (const auto& command : rules.replaced()) {
    if (command.starts_with('/'))
      places.insert(place_of_path(command));
    else
      everywhere(command);
  }
  for (const auto& command : missing)
    places.insert(command.starts_with('/') ? place_of_path(command)
                                           : folders.front() / command);
  for (const char* command : kOnEveryHost)
    if (rules.replaces(command) && !everywhere(command))
      places.insert(folders.front() / command);
  return {places.begin(), places.end()};
}

}  // namespace hookjournal
