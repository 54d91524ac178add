#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace hookjournal {

// A socket by its inode, and what it is connected to.
struct SocketFacts {
  std::string kind;   // "unix", "tcp", "udp"
  std::string local;  // path ("@name" of an abstract one), or address and port; may be ""
  std::string peer;   // likewise, of the other end
  std::uint64_t peer_inode = 0;  // of a unix socket; 0: not connected, or not known
};

// The sockets of the network namespace of `pid`: those of unix as this process's kernel
// tables know them (only those of our own network namespace), TCP and UDP as that
// process's /proc/PID/net has them. Missing is what the kernel does not tell.
std::map<std::uint64_t, SocketFacts> sockets_of(pid_t pid);

// The inode in "socket:[4711]" or "pipe:[4711]", as /proc names an open descriptor.
std::optional<std::uint64_t> inode_in(const std::string& target, const std::string& kind);

}  // namespace hookjournal
