#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// A libvirt daemon that runs now.
struct Daemon {
  std::string name;  // "virtqemud"
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // since boot, with the pid unmistakable
  std::int64_t started = 0;       // seconds since 1970
  bool operator==(const Daemon&) const = default;
};

// Those of this host; not of containers on it, whose hooks are others.
std::vector<Daemon> running_daemons(const std::filesystem::path& proc = "/proc");

// Whether the daemon calls the hooks of that driver.
bool serves(std::string_view daemon, std::string_view driver);

}  // namespace hookjournal
