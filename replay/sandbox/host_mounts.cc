#include "replay/sandbox/host_mounts.h"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace hookjournal {

namespace {

// The kernel writes blanks and the like as "\040".
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 3 < text.size()) {
      plain += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 +
                                 (text[at + 3] - '0'));
      at += 3;
    } else {
      plain += text[at];
    }
  }
  return plain;
}

bool is_below(const std::string& path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

// With files of their own, on which overlays work.
constexpr std::array kOverlaid = {"ext2",  "ext3",    "ext4", "xfs", "btrfs", "tmpfs",
                                  "ramfs", "overlay", "f2fs", "zfs", "vfat",  "bcachefs"};
// Touching them may start or hang something, or there is nothing in them for a script.
constexpr std::array kLeftOut = {
    "autofs",     "proc",    "sysfs",   "devtmpfs", "devpts",   "mqueue",
    "hugetlbfs",  "debugfs", "tracefs", "bpf",      "configfs", "binfmt_misc",
    "rpc_pipefs", "nfsd",    "cgroup",  "cgroup2",  "pstore",   "efivarfs",
    "securityfs", "nsfs",    "fusectl", "selinuxfs"};

}  // namespace

std::vector<HostMount> parse_mountinfo(std::string_view text) {
  std::vector<HostMount> mounts;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, path, options, word, type;
    if (!(words >> id >> parent >> device >> root >> path >> options)) continue;
    // Optional fields end with a lone hyphen.
    while (words >> word && word != "-") continue;
    words >> type;
    const bool read_only = options == "ro" || options.starts_with("ro,");
    mounts.push_back({unescaped(path), type, device, read_only});
  }
  return mounts;
}

Showing showing_of(const HostMount& mount) {
  if (std::ranges::find(kLeftOut, mount.type) != kLeftOut.end())
    return Showing::not_at_all;
  const bool overlaid = std::ranges::find(kOverlaid, mount.type) != kOverlaid.end();
  return overlaid && !mount.read_only ? Showing::overlay : Showing::read_only;
}

std::vector<HostMount> mounts_to_show(const std::vector<HostMount>& all) {
  std::map<std::string, HostMount> by_path;
  for (const HostMount& mount : all) {
    // What came before below this path is hidden by it.
    std::erase_if(by_path, [&mount](const auto& entry) {
      return is_below(entry.first, mount.path == "/" ? "" : mount.path);
    });
    by_path[mount.path] = mount;
  }
  std::vector<HostMount> shown;
  for (const auto& [path, mount] : by_path) {
    const bool ours =
        is_below(path, "/proc") || is_below(path, "/sys") || is_below(path, "/dev");
    if (path != "/" && !ours && showing_of(mount) != Showing::not_at_all)
      shown.push_back(mount);
  }
  return shown;
}

bool has_mount_at_or_below(const std::vector<HostMount>& mounts,
                           const std::string& folder) {
  return std::ranges::any_of(
      mounts, [&folder](const HostMount& mount) { return is_below(mount.path, folder); });
}

bool has_mount_below(const std::vector<HostMount>& mounts, const std::string& folder) {
  return std::ranges::any_of(mounts, [&folder](const HostMount& mount) {
    return mount.path != folder && is_below(mount.path, folder);
  });
}

}  // namespace hookjournal
