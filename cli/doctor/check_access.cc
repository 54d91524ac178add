#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "cli/doctor/check_files.h"
#include "cli/doctor/check_host.h"
#include "cli/escape.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

std::string user_name(uid_t user) {
  const passwd* entry = ::getpwuid(user);
  return entry != nullptr ? entry->pw_name : "user " + std::to_string(user);
}

std::string group_name(gid_t group) {
  const ::group* entry = ::getgrgid(group);
  return entry != nullptr ? entry->gr_name : "group " + std::to_string(group);
}

bool in_group(uid_t user, gid_t wanted) {
  const passwd* entry = ::getpwuid(user);
  if (entry == nullptr) return false;
  int count = 256;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (::getgrouplist(entry->pw_name, entry->pw_gid, groups.data(), &count) < 0)
    return true;  // in doubt he may
  return std::find(groups.begin(), groups.begin() + count, wanted) !=
         groups.begin() + count;
}

// By mode bits, which is what decides but for ACLs.
bool may(uid_t user, const fs::path& path, mode_t bits) {
  struct stat status {};
  if (user == 0 || ::stat(path.c_str(), &status) != 0) return true;
  mode_t granted = status.st_mode;
  if (status.st_uid == user)
    granted >>= 6;
  else if (in_group(user, status.st_gid))
    granted >>= 3;
  return (granted & bits) == bits;
}

void check_session_daemon(const HookTree& tree, const std::vector<SeenScript>& scripts,
                          const DaemonFacts& daemon, std::vector<Finding>& findings) {
  for (fs::path above = tree.hooks_dir; above != above.root_path();
       above = above.parent_path())
    if (!may(daemon.user, above, 1)) return;  // it sees no hooks at all
  const std::string who = daemon.daemon.name + " of " + user_name(daemon.user);
  for (const auto& driver : tree.drivers) {
    const fs::path directory = tree.hooks_dir / (driver.name + ".d");
    if (driver.name != "qemu" || driver.bad_directory || may(daemon.user, directory, 5))
      continue;
    findings.push_back({"unreadable-directory", directory, 0,
                        who + " may not read it: none of his guests starts",
                        "chmod 755 " + visible(directory.string())});
  }
  for (const auto& script : scripts) {
    if (script.driver != "qemu" || script.of_dispatcher) continue;
    if (may(daemon.user, script.path, 5)) continue;
    findings.push_back({"unreadable-to-daemon", script.path, 0,
                        who + " may not read or execute it: his guests fail to start",
                        "chmod 755 " + visible(script.path)});
  }
}

bool is_trusted(uid_t user, const HostFacts& host) {
  return std::find(host.trusted.begin(), host.trusted.end(), user) != host.trusted.end();
}

// Who else may write it, or empty.
std::string other_writer(const fs::path& path, const HostFacts& host) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  if (!is_trusted(status.st_uid, host)) return user_name(status.st_uid);
  // In a folder like /tmp nobody replaces another's file.
  if (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0) return {};
  if ((status.st_mode & S_IWOTH) != 0) return "everybody";
  // A group of one's own name is one's own.
  if ((status.st_mode & S_IWGRP) != 0 && status.st_gid != 0 &&
      group_name(status.st_gid) != user_name(status.st_uid))
    return "group " + group_name(status.st_gid);
  return {};
}

void check_writers(const fs::path& path, const std::string& shown, const HostFacts& host,
                   std::vector<Finding>& findings) {
  const std::string who = other_writer(path, host);
  if (who.empty()) return;
  const bool other_file = path != shown;
  findings.push_back({"writable-by-others", shown, 0,
                      (other_file ? "it leads to " + visible(path.string()) + ", which "
                                  : std::string()) +
                          visible(who) + " can write, and the daemon runs it as root",
                      "chown root:root " + visible(path.string()) + " && chmod go-w " +
                          visible(path.string())});
}

}  // namespace

void check_access(const HookTree& tree, const std::vector<SeenScript>& scripts,
                  const HostFacts& host, std::vector<Finding>& findings) {
  for (const auto& daemon : host.daemons)
    if (daemon.user != 0) check_session_daemon(tree, scripts, daemon, findings);

  if (!is_for_daemons(tree.hooks_dir, host)) return;
  std::set<std::string> folders = {tree.hooks_dir};
  for (const auto& script : scripts) {
    const fs::path place = fs::path(script.path).parent_path();
    folders.insert(place);
    if (script.watcher) continue;
    check_writers(script.linked ? script.file : fs::path(script.path), script.path, host,
                  findings);
    // Who may rename in the target's folder may replace the target.
    if (script.linked && script.file.parent_path() != fs::canonical(place))
      check_writers(script.file.parent_path(), script.path, host, findings);
  }
  for (const auto& folder : folders) check_writers(folder, folder, host, findings);
}

}  // namespace hookjournal
