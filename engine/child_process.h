#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/ending.h"
#include "engine/unique_fd.h"

namespace hookjournal {

// What execve is to be given. argv[0] is the first argument; no PATH search, no shell.
struct ExecPlan {
  std::string file;
  std::vector<std::string> argv;
  // The path an exec failure names: the script libvirt was told to run.
  std::string named;
};

// The descriptors that become 0, 1 and 2 of the child; its others are closed.
struct ChildStreams {
  int in = 0;
  int out = 1;
  int err = 2;
};

// How a child ended, and what it used (with the children it waited for).
struct ChildEnd {
  Ending ending;
  std::chrono::microseconds cpu{};
  std::uint64_t max_rss_kib = 0;
};

// A running child. Destroying it leaves the child alone.
class ChildProcess {
 public:
  ChildProcess(pid_t pid, UniqueFd exit_fd) : pid_(pid), exit_fd_(std::move(exit_fd)) {}

  pid_t pid() const { return pid_; }
  // Becomes readable when the child has ended. -1 when the system gave none: then ended()
  // has to be asked now and then.
  int exit_fd() const { return exit_fd_.get(); }
  bool ended() const;
  // Waits for the end and collects the child.
  ChildEnd reap();

 private:
  pid_t pid_;
  UniqueFd exit_fd_;
};

// Starts a child with `environment` (as given, nothing added), default signals, an empty
// mask and these three descriptors: as libvirt starts a hook script
// (vircommand.c:262-659). NotStarted when execve refuses; throws Error when the machine
// refuses a process.
std::variant<ChildProcess, NotStarted> start_child(const ExecPlan& plan,
                                                   const char* const* environment,
                                                   const ChildStreams& streams);

}  // namespace hookjournal
