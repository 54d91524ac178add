#include "replay/leg.h"

#include <utility>

#include "engine/filter_output.h"
#include "engine/hook_engine.h"

namespace hookjournal {

namespace {

// The engine's way into a sandbox; keeps all that is seen there.
class SandboxRunner : public ScriptRunner, public RunObserver {
 public:
  SandboxRunner(Sandbox& sandbox, const Context& context)
      : sandbox_(sandbox), context_(context) {}

  void starting(const HookCall&, const std::string& script,
                const std::optional<std::string>&,
                const std::vector<std::string>&) override {
    script_ = script;
  }
  void ended(const HookCall&, const std::string&, const ScriptResult&) override {}

  ScriptResult run(const std::filesystem::path&, const HookCall& call,
                   const std::optional<std::string>& input) override {
    SandboxedRun run{.script = script_,
                     .call = call,
                     .input = input,
                     .environment = context_.environment,
                     .uid = context_.uid,
                     .gid = context_.gid};
    if (!context_.working_directory.empty())
      run.working_directory = context_.working_directory;
    runs.push_back(sandbox_.run(run));
    return runs.back().result;
  }

  std::vector<ObservedRun> runs;

 private:
  Sandbox& sandbox_;
  const Context& context_;
  std::string script_;  // below the hooks directory
};

}  // namespace

ObservedCall observe_call(Sandbox& sandbox, const ScriptsTree& tree,
                          const LoadedCall& call) {
  const Context& context = call.record.context;
  SandboxRunner runner(sandbox, context);
  Answer answer =
      HookEngine(runner, runner, context.environment)
          .answer(call.call, context.hooks_dir, discover(tree, call.call.driver));

  ObservedCall observed{.call = call.call,
                        .failed = answer.failed,
                        .ending = answer.ending,
                        .output = std::move(answer.output),
                        .runs = std::move(runner.runs)};
  Circumstances circumstances = call.circumstances;
  circumstances.failed = observed.failed;
  circumstances.has_output = observed.output.has_value();
  if (observed.output) {
    observed.output_judgement =
        judge_filter_output(call.call.driver, call.call.operation,
                            call.call.input.value_or(""), *observed.output);
    circumstances.output_valid = observed.output_judgement->valid();
  }
  observed.consequence = consequence_of(call.call, circumstances);
  return observed;
}

}  // namespace hookjournal
