#include <bit>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay/bisection_text.h"
#include "cli/replay/trial_json.h"
#include "cli/replay/trial_options.h"
#include "engine/error.h"
#include "journal/asking/call_history.h"
#include "journal/explain/explanation.h"
#include "replay/forensics/bisection.h"

namespace hookjournal {

namespace {

constexpr const char* kExplanation =
    "Runs a failed call again in a sandbox with the versions of the scripts that were "
    "in\n"
    "use since it last succeeded: first its own and those of the success, which must\n"
    "differ, then those between, halving. Then it puts the changed files of the first\n"
    "version that fails, one by one, into the one before it. Each trial is made twice; "
    "a\n"
    "failure counts only when the same script ends as it did when it was recorded.\n"
    "\n"
    "exit: 0 the scripts are not what made it fail, 1 the version was found, 2 usage,\n"
    "3 the failure does not show in the sandbox, or it could not be told\n"
    "\n"
    "example: which change to the scripts broke this guest's start\n"
    "  hookjournal bisect 4711\n";

CallRecord success_for(JournalReader& journal, const CallRecord& call,
                       const std::string& good) {
  if (!good.empty()) {
    CallRecord success = call_or_usage_error(journal, std::stoll(good));
    if (success.at_ns >= call.at_ns)
      throw UsageError("--good " + good + " is not before call " +
                       std::to_string(call.id));
    return success;
  }
  if (const auto id = last_success(journal, call)) return *journal.call(*id);
  throw UsageError("no earlier " + visible(call.operation) + " of '" +
                   visible(call.object) +
                   "' succeeded; --good CALL names a call whose scripts are to be taken "
                   "for good, and `hookjournal explain " +
                   std::to_string(call.id) + "` knows of similar ones");
}

// As many trials as it may come to, but for files that only fail together.
std::int64_t most_trials(std::size_t versions) {
  constexpr std::int64_t kFiles = 2;
  return static_cast<std::int64_t>(std::bit_width(versions)) + 2 + kFiles;
}

int status_of(const Bisection& bisection) {
  switch (bisection.verdict) {
    case Bisection::Finding::found:
      return 1;
    case Bisection::Finding::not_the_scripts:
    case Bisection::Finding::same_scripts:
      return 0;
    default:
      return 3;
  }
}

}  // namespace

int run_bisect(int argc, char** argv) {
  CommandLine line(
      "Find the version of the scripts, and the file, that made a call fail.",
      kExplanation);
  std::string word, good;
  line.add_argument("CALL", word, "The call that failed").required();
  line.add_option("--good", good,
                  "Take this earlier call's scripts for good, not those of\n"
                  "the last of its kind that succeeded")
      .takes("CALL");
  TrialOptions options(line);
  JournalOption journal_option(line);
  bool json = false, no_pager = false;
  line.add_flag("--json", json, "One object, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  for (const std::string* number : {&word, &good})
    if (const std::string wrong = wrong_call_number(*number);
        !wrong.empty() && (number == &word || !good.empty()))
      throw UsageError(wrong);
  options.check();
  JournalReader journal(journal_option.file());
  const CallRecord call = call_or_usage_error(journal, std::stoll(word));
  check_failed(call);
  const CallRecord success = success_for(journal, call, good);

  const auto versions = versions_between(journal, success, call);
  std::vector<std::int64_t> examples = {success.id, call.id};
  for (const TreeVersion& version : versions)
    if (version.calls > 0) examples.push_back(version.first_call);
  const auto maker = options.maker(journal, examples);
  Progress progress("tried", most_trials(versions.size()));
  const Bisection bisection =
      bisect(journal, call, success, *maker,
             {.with_links = options.links(), .progress = [&progress](std::size_t trials) {
                progress.at(static_cast<std::int64_t>(trials));
              }});
  progress.finish();

  const std::string words = journal_option.repeated();
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    if (!json) return write_bisection(output, bisection, call, success, words);
    const auto document =
        json_of(bisection, call, success, commands_after(bisection, call, words));
    output.bytes(document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) +
                 "\n");
  });
  return status_of(bisection);
}

}  // namespace hookjournal
