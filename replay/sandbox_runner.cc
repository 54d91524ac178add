#include "replay/sandbox_runner.h"

#include "replay/idle_watch.h"

namespace hookjournal {

void SandboxRunner::starting(const HookCall& call, const std::string& script,
                             const std::optional<std::string>& input,
                             const std::vector<std::string>& planned) {
  script_ = script;
  if (observer_ != nullptr) observer_->starting(call, script, input, planned);
}

void SandboxRunner::ended(const HookCall& call, const std::string& script,
                          const ScriptResult& result) {
  // In a directory that cannot be opened nothing ran.
  if (runs.empty() || runs.back().script != script)
    runs.push_back({.script = script, .input = {}, .result = result});
  if (observer_ != nullptr) observer_->ended(call, script, result);
}

ScriptResult SandboxRunner::run(const std::filesystem::path&, const HookCall& call,
                                const std::optional<std::string>& input) {
  SandboxedRun run{.script = script_,
                   .call = call,
                   .input = input,
                   .environment = context_.environment,
                   .uid = context_.uid,
                   .gid = context_.gid};
  if (!context_.working_directory.empty())
    run.working_directory = context_.working_directory;
  if (context_.umask) run.umask = *context_.umask;
  for (const ObservedRun& before : runs)
    run.spent +=
        std::chrono::duration_cast<std::chrono::milliseconds>(before.result.elapsed);
  const IdleWatch watch;
  runs.push_back(sandbox_.run(run));
  runs.back().idle_share = watch.share();
  return runs.back().result;
}

}  // namespace hookjournal
