#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace hookjournal {

// The scripts libvirt runs for one call of a driver, looked up afresh for each call as
// libvirt does (virhook.c:405-434).
struct Discovery {
  // Names below the hooks directory in running order: "qemu", "qemu.d/10-x", ... Byte
  // order.
  std::vector<std::string> scripts;
  // `<driver>.d` exists but cannot be read as a directory (it is a file, or EACCES):
  // libvirt runs the main script and then fails the call (virhook.c:412).
  std::error_code bad_directory;
};

// libvirt's test for a script (virfile.c:2055): a regular file, links followed, with any
// of the three x bits. Neither access(X_OK) nor ACLs.
bool is_executable_file(const std::filesystem::path& path);

Discovery discover(const std::filesystem::path& hooks_dir, const std::string& driver);

// "qemu.d". A run of that name is none: it stands for a directory that could not be
// opened.
bool is_scripts_directory(const std::string& name);

// Where a script libvirt runs belongs: "qemu.d/10-x" in ".../hooks" -> driver "qemu". The
// directory is taken from the path itself, as not every host has it in /etc.
struct ScriptPlace {
  std::filesystem::path hooks_dir;
  std::string name;    // below hooks_dir: "qemu" or "qemu.d/10-x"
  std::string driver;  // "qemu"
};
ScriptPlace place_of(const std::filesystem::path& script);

}  // namespace hookjournal
