#pragma once

#include <string>
#include <vector>

#include "engine/unique_fd.h"
#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// A script about to start: its process exists and waits.
struct WaitingScript {
  pid_t pid = 0;
  UniqueFd go;            // one byte written here lets it begin
  UniqueFd refused;       // tells of what execve, or its preparation, was refused
  UniqueFd in, out, err;  // our ends; `in` without one when it reads /dev/null
};

// Forks a process that will become the script as libvirt starts one, confined. The caller
// is the first process of a sandbox and has one thread. Throws Error.
WaitingScript fork_script(const SandboxedRun& run, const std::string& file,
                          const SandboxLimits& limits);

// What went wrong between fork and execve, once the process has ended or become the
// script.
struct StartFailure {
  int error = 0;
  std::string step;  // empty: execve itself
};
std::optional<StartFailure> start_failure(int refused);

}  // namespace hookjournal
