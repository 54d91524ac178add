#pragma once

#include <string>
#include <variant>

namespace hookjournal {

// How a script's process ended. A signal is never folded into an exit code: a replay must
// be able to tell `exit 139` from a segmentation fault, and libvirt words them
// differently.
struct Exited {
  int code = 0;
  bool operator==(const Exited&) const = default;
};
struct Signaled {
  int signal = 0;
  bool core_dumped = false;
  bool operator==(const Signaled&) const = default;
};
// execve refused. libvirt's child reports this as exit 127 (ENOENT) or 126 (all others):
// libvirt 10.7 internal.h:539.
struct NotStarted {
  int error = 0;  // errno of execve: ENOENT, EACCES, ENOEXEC ...
  bool operator==(const NotStarted&) const = default;
};
using Ending = std::variant<Exited, Signaled, NotStarted>;

// libvirt takes any non-zero wait status as failure; the number matters only in its
// message.
bool succeeded(const Ending& ending);

// What libvirt sees as exit status for a script that could not be executed.
int exec_failure_status(int error);

// As libvirt words a wait status (virprocess.c:101): "exit status 3", "fatal signal 9".
std::string describe(const Ending& ending);

// The reason libvirt's child leaves on stderr when execve refuses, newline included:
// "libvirt:  error : cannot execute binary PATH: REASON".
std::string exec_failure_text(const std::string& path, int error);

}  // namespace hookjournal
