#include "replay/legs/leg.h"

#include <utility>

#include "engine/xml/filter_output.h"
#include "replay/sandbox_runner.h"

namespace hookjournal {

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
