#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/discovery.h"
#include "engine/hook_call.h"
#include "engine/script_runner.h"

namespace hookjournal {

// One script run of a call, as the engine tells it.
struct EngineRun {
  std::string script;                // below the hooks directory
  std::optional<std::string> input;  // what this script read
  ScriptResult result;
};

// What libvirt makes of a call.
struct Answer {
  bool no_hook = false;  // nothing to run: virHookCall returns 1, callers take it as fine
  bool failed = false;
  Ending ending = Exited{0};          // of the last failing run
  std::string error;                  // libvirt's message for the API client; "" if none
  std::optional<std::string> output;  // of a filter; nothing: the input stays as it is
  std::vector<EngineRun> runs;
  std::error_code bad_directory;
};

// Hears of each run as it happens; the journal implements it. `planned` are the scripts
// libvirt is going to run for this call, in order. A `<driver>.d` that cannot be opened
// stands last among them, as one that could not be started: it fails the call.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void starting(const HookCall& call, const std::string& script,
                        const std::optional<std::string>& input,
                        const std::vector<std::string>& planned) = 0;
  virtual void ended(const HookCall& call, const std::string& script,
                     const ScriptResult& result) = 0;
};

// One call by libvirt's rules of order, chaining and judgement (virhook.c:327-460).
class HookEngine {
 public:
  // `environment` is what the runner gives the scripts, as "NAME=value": libvirt quotes
  // it in its message. It names LC_ALL and what hook_environment() lets through.
  HookEngine(ScriptRunner& runner, RunObserver& observer,
             std::vector<std::string> environment = {"LC_ALL=C"})
      : runner_(runner), observer_(observer), environment_(std::move(environment)) {}

  // Throws only what the runner throws: an Error when the machine refuses to run a
  // script.
  Answer answer(const HookCall& call, const std::filesystem::path& hooks_dir,
                const Discovery& scripts);

 private:
  ScriptRunner& runner_;
  RunObserver& observer_;
  std::vector<std::string> environment_;
};

}  // namespace hookjournal
