#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// One line of /proc/self/mountinfo.
struct HostMount {
  std::string path;
  std::string type;    // of the file system: "ext4"
  std::string device;  // "8:1"
  bool read_only = false;
  bool operator==(const HostMount&) const = default;
};

std::vector<HostMount> parse_mountinfo(std::string_view text);

// How a sandbox shows what is mounted on the host.
enum class Showing {
  overlay,    // writable, without effect on the host
  read_only,  // as it is there, over a network, or of a kind that overlays refuse
  not_at_all,
};
Showing showing_of(const HostMount& mount);

// What a sandbox shows below "/", outer before inner; each path once, as what was mounted
// there last hides the others. Without /proc, /sys and /dev, which are made anew.
std::vector<HostMount> mounts_to_show(const std::vector<HostMount>& all);

// At this folder's path or deeper.
bool has_mount_at_or_below(const std::vector<HostMount>& mounts,
                           const std::string& folder);
// Deeper only.
bool has_mount_below(const std::vector<HostMount>& mounts, const std::string& folder);

}  // namespace hookjournal
