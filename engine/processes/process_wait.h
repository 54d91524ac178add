#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace hookjournal {

// What a process waits for, as the kernel tells it.
struct ProcessWait {
  // The system call: "read", "poll", "wait4"; of one without a name here its number,
  // "system call 281". Empty: it is not waiting, or we may not know.
  std::string call;
  // The kernel's function in which it sleeps: "pipe_read". Empty when that is not told.
  std::string channel;
  // The descriptors the call is about. Of poll and select as far as they can be read.
  std::vector<int> descriptors;
  // Of those that wait for a child: which one; 0: any.
  std::optional<pid_t> child;
  bool running = false;  // on a processor, or ready to be
  bool hidden = false;   // we may not look: it is another user's
};

// Only of the process's first thread. Root, or the same user, is told; others get
// `hidden`.
ProcessWait process_wait(pid_t pid);

// The processes that hold a lock on the file behind this descriptor, by /proc/locks.
std::vector<pid_t> lock_holders(pid_t pid, int fd);

}  // namespace hookjournal
