#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What /proc tells of the processes of this pid namespace. All of it is of a moment: a
// process may be gone the next.
namespace hookjournal {

struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t session = 0;
  char state = '?';               // R, S, D, T, t, Z ... as in proc(5)
  std::uint64_t start_ticks = 0;  // clock ticks since boot: tells reused pids apart
};

// Nothing when there is no such process (any more).
std::optional<ProcessStat> process_stat(pid_t pid);

// Of all processes, in order of pids.
std::vector<ProcessStat> all_process_stats();

// "sh -c true"; of a process without arguments its name in [brackets].
std::string process_command_line(pid_t pid);

// What a link of /proc names, as "exe" or "fd/3"; empty when it cannot be read.
std::string process_link(pid_t pid, const std::string& name);

// Hears of each open descriptor and what /proc calls it: "/etc/passwd", "pipe:[4711]".
// False when we may not look into that process.
bool for_each_descriptor(
    pid_t pid, const std::function<void(int fd, std::string_view target)>& visit);

}  // namespace hookjournal
