#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "replay/sandbox/effects.h"

// What /proc and ptrace tell of a process that stands still.
namespace hookjournal {

// At its execve event: what it was told to execute. Its `simulated` is not decided here.
Command executed_command(pid_t process);
// The program it really runs, links resolved: of a script its interpreter.
std::string running_program(pid_t process);

// At a stop of the system call filter: the attempt it makes; nothing when it reaches
// nothing outside.
std::optional<Attempt> filtered_attempt(pid_t process);

// "sh -c true"; of a process without arguments its name in [brackets].
std::string command_line_of(pid_t process);
// All in this pid namespace.
std::vector<pid_t> all_processes();
// Whether it has a signal on its way, is at work or is ending: what it will come to is
// not to be seen yet. One that sleeps and is sent nothing is none of it.
bool is_unsettled(pid_t process);
// Bytes of memory that all of them but the first use, programs' files not counted.
std::uint64_t memory_of_processes();
// Of a thread its process, else itself.
pid_t thread_group_of(pid_t task);

}  // namespace hookjournal
