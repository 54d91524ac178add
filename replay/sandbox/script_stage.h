#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "engine/unique_fd.h"
#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// A script about to start: its process exists and waits.
struct WaitingScript {
  pid_t pid = 0;
  UniqueFd go;            // one byte written here lets it begin
  UniqueFd refused;       // tells of what execve, or its preparation, was refused
  UniqueFd in, out, err;  // our ends; `in` without one when it reads /dev/null
  std::shared_ptr<const void> memory;  // of ours, which it uses until it is the script
};

// Makes a process that will become the script as libvirt starts one, confined. The caller
// is the first process of a sandbox, has one thread and ignores no signal but SIGPIPE.
// One at a time: the next one only after let_go(). Throws Error.
WaitingScript stage_script(const SandboxedRun& run, const std::string& file,
                           const SandboxLimits& limits);

// What went wrong before the process was the script.
struct StartFailure {
  int error = 0;
  std::string step;  // empty: execve itself
};
// Lets it begin and waits until it has become the script or failed; what takes longer
// than `most` is killed.
std::optional<StartFailure> let_go(const WaitingScript& script,
                                   std::chrono::milliseconds most);

}  // namespace hookjournal
