#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/ending.h"
#include "engine/hook_call.h"

namespace hookjournal {

// A process that outlived its script and kept one of the script's pipes open, and so kept
// libvirt waiting.
struct PipeHolder {
  pid_t pid = 0;
  std::string
      command_line;    // arguments joined by blanks; the name in [brackets] without any
  std::string stream;  // "stdin", "stdout" or "stderr"
  bool operator==(const PipeHolder&) const = default;
};

// A signal sent to us during a run. It reached the script too, if that had not ended:
// passed on, or from the terminal that both have.
struct PassedSignal {
  int signal = 0;
  std::chrono::nanoseconds after{};  // since the script's start
  bool operator==(const PassedSignal&) const = default;
};

// What running one script came to. Streams are raw bytes, not necessarily UTF-8.
struct ScriptResult {
  Ending ending = Exited{0};
  std::string out;
  std::string err;
  std::chrono::nanoseconds elapsed{};    // to the ending and the end of both pipes
  std::chrono::nanoseconds held_open{};  // part of it after the script itself had ended
  std::chrono::microseconds cpu{};       // user and system, with waited-for children
  std::uint64_t max_rss_kib = 0;         // peak memory of the largest process
  std::vector<PipeHolder> holders;
  std::vector<PassedSignal> signals;
};

// The only way to a process. Everything above takes a ScriptRunner&, so a test hands in a
// fake and no test of the engine forks.
class ScriptRunner {
 public:
  virtual ~ScriptRunner() = default;
  // Runs `script` (absolute path) with the call's arguments and `input` on stdin
  // (nothing: /dev/null), to its end as libvirt sees it. Whatever the script does is a
  // ScriptResult; throws Error only when the machine refuses (out of descriptors, out of
  // memory).
  virtual ScriptResult run(const std::filesystem::path& script, const HookCall& call,
                           const std::optional<std::string>& input) = 0;
};

}  // namespace hookjournal
