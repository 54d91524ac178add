#pragma once

#include <string>
#include <vector>

#include "engine/hook_engine.h"
#include "journal/facts.h"
#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// The engine's way into a sandbox; keeps all that is seen there. To be the engine's
// observer as well: `observer`, if there is one, hears what it hears.
class SandboxRunner : public ScriptRunner, public RunObserver {
 public:
  // All of them outlive this object. Of `context` counts as whom, where and with which
  // environment scripts run.
  SandboxRunner(Sandbox& sandbox, const Context& context, RunObserver* observer = nullptr)
      : sandbox_(sandbox), context_(context), observer_(observer) {}

  void starting(const HookCall& call, const std::string& script,
                const std::optional<std::string>& input,
                const std::vector<std::string>& planned) override;
  void ended(const HookCall& call, const std::string& script,
             const ScriptResult& result) override;

  ScriptResult run(const std::filesystem::path& script, const HookCall& call,
                   const std::optional<std::string>& input) override;

  std::vector<ObservedRun> runs;

 private:
  Sandbox& sandbox_;
  const Context& context_;
  RunObserver* observer_;
  std::string script_;  // below the hooks directory
};

}  // namespace hookjournal
