#include "cli/replay/trial_options.h"

#include "cli/calling/sandbox_options.h"
#include "cli/command_line.h"
#include "cli/replay/good_neighbour.h"
#include "replay/recorded_scripts.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

TrialOptions::TrialOptions(CommandLine& line) {
  add_sandbox_options(line, timeout_, stubs_, links_);
}

bool TrialOptions::given() const {
  return timeout_ != kUsualTimeLimit || !stubs_.empty() || links_;
}

std::unique_ptr<SandboxMaker> TrialOptions::maker(
    JournalReader& journal, const std::vector<std::int64_t>& calls) const {
  Selection selection;
  for (const std::int64_t call : calls) selection.calls.push_back({call, call});
  const RecordedScripts scripts = recorded_scripts(journal, selection);
  SandboxSettings settings = sandbox_settings(script_time_limit(timeout_), stubs_);
  // They did run, so what they call was there.
  provide_stand_ins(
      settings, missing_commands(scripts.texts, scripts.path_variable, scripts.hooks_dir),
      scripts.path_variable);
  be_a_good_neighbour();
  return make_sandbox_maker(settings);
}

}  // namespace hookjournal
