#pragma once

#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/child_process.h"
#include "engine/script_runner.h"

namespace hookjournal {

// What execve is to be given so that the kernel starts `script` with these arguments, but
// never a recorder: the interpreter named after the recorder's words, a launcher's
// original under the script's name. Nothing for a watched driver: answers 0, runs
// nothing.
std::optional<ExecPlan> plan_without_recorder(const std::filesystem::path& script,
                                              const std::vector<std::string>& arguments);

// This process's environment as "NAME=value".
std::vector<std::string> own_environment();

// Runs scripts as libvirt does (virhook.c:268-298): for `run` and `simulate`, where no
// recorder stands between.
class ProcessRunner : public ScriptRunner {
 public:
  // Told once a script has ended and a process of its own keeps us waiting, as it would
  // libvirt.
  using Held =
      std::function<void(const std::filesystem::path& script, const PipeHolder&)>;

  // `environment`: what the scripts get, whole and in this order; libvirt gives them
  // hook_environment(). While a runner exists, signals to this process are for its
  // scripts, or wait, and writing to a closed pipe is an error.
  explicit ProcessRunner(std::vector<std::string> environment, Held held = {});
  ~ProcessRunner() override;
  ProcessRunner(const ProcessRunner&) = delete;

  ScriptResult run(const std::filesystem::path& script, const HookCall& call,
                   const std::optional<std::string>& input) override;

 private:
  std::vector<std::string> environment_;
  Held held_;
  sigset_t mask_before_{};
  struct sigaction pipe_before_ {};
  struct sigaction child_before_ {};
};

}  // namespace hookjournal
