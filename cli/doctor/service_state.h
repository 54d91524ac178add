#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace hookjournal {

// When the service of a daemon last changed its state, in seconds since 1970; 0 when
// systemd does not know the process. A reload is such a change (active, reloading,
// active), and leaves no other trace.
std::int64_t last_state_change(const std::string& daemon, pid_t pid);

// The same from what `systemctl show` printed: "MainPID=..." and
// "StateChangeTimestampMonotonic=...", in microseconds of the monotonic clock, which
// stood at `monotonic_us` when it was `now`.
std::int64_t state_change_in(const std::string& properties, pid_t pid, std::int64_t now,
                             std::int64_t monotonic_us);

}  // namespace hookjournal
