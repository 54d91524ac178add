#include "engine/hook_engine.h"

#include "engine/libvirt_message.h"

namespace hookjournal {

Answer HookEngine::answer(const HookCall& call, const std::filesystem::path& hooks_dir,
                          const Discovery& scripts) {
  Answer answer;
  answer.bad_directory = scripts.bad_directory;
  answer.no_hook = scripts.scripts.empty() && !scripts.bad_directory;

  const std::string directory = call.driver + ".d";
  std::vector<std::string> planned = scripts.scripts;
  if (scripts.bad_directory) planned.push_back(directory);

  // All scripts run, whatever failed before. In a filter each reads the last good output,
  // but only while nothing has failed: after that every script reads the original again.
  for (const std::string& script : scripts.scripts) {
    const auto& input = answer.output && !answer.failed ? answer.output : call.input;
    observer_.starting(call, script, input, planned);
    ScriptResult result = runner_.run(hooks_dir / script, call, input);
    observer_.ended(call, script, result);
    EngineRun run{script, input, std::move(result)};

    if (!succeeded(run.result.ending)) {
      answer.failed = true;
      answer.ending = run.result.ending;
      answer.error =
          script_failure_message(environment_, hooks_dir / script, call, run.result);
    } else if (is_filter(call)) {
      if (std::string output = as_c_string(run.result.out); !is_blank(output))
        answer.output = std::move(output);
    }
    answer.runs.push_back(std::move(run));
  }

  if (scripts.bad_directory) {
    ScriptResult result;
    result.ending = NotStarted{scripts.bad_directory.value()};
    observer_.starting(call, directory, {}, planned);
    observer_.ended(call, directory, result);
    answer.failed = true;
    answer.ending = result.ending;
    answer.error =
        directory_failure_message(hooks_dir / directory, scripts.bad_directory);
    answer.runs.push_back({directory, {}, std::move(result)});
  }
  if (answer.failed) answer.output.reset();  // libvirt does not look at it
  return answer;
}

}  // namespace hookjournal
