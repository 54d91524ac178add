#include <optional>
#include <string>

#include "cli/asking/explanation_json.h"
#include "cli/asking/explanation_text.h"
#include "cli/asking/host_calls.h"
#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay/trial_options.h"
#include "engine/error.h"
#include "journal/explain/explanation.h"
#include "replay/forensics/cross_check.h"

namespace hookjournal {

namespace {

constexpr const char* kExample =
    "What failed and what libvirt did then, what the script printed, what is different\n"
    "from the last time it went well, what happened around it, and how to go on. "
    "Changes\n"
    "are put in order by counting in how many calls that failed alike, and in how many\n"
    "that succeeded, each is found. What goes together need not be cause and effect: "
    "the\n"
    "page names facts and counts, and says what the journal does not know.\n"
    "\n"
    "--replay runs the call again in a sandbox: with its own scripts and XML, with those "
    "of\n"
    "the last success, and with one of each. It says which of the two turns the failure "
    "into\n"
    "a success: the scripts, the XML, either, only both, neither; or that the failure "
    "does\n"
    "not show in the sandbox, or that it cannot be told. `hookjournal bisect` then finds "
    "the\n"
    "version of the scripts, and the file.\n"
    "\n"
    "example: why a guest did not start last night\n"
    "  hookjournal explain --last-failure win11\n";

std::int64_t chosen(JournalReader& journal, const JournalOption& option,
                    const std::string& word, bool last) {
  if (!last) {
    if (word.empty()) throw UsageError("give a call, or --last-failure");
    if (const std::string wrong = wrong_call_number(word); !wrong.empty())
      throw UsageError(wrong);
    return std::stoll(word);
  }
  Selection asked;
  if (!word.empty()) asked.objects = {word};
  if (const auto id = last_failure(journal, host_calls(asked, option))) return *id;
  throw UsageError(word.empty() ? "no failed call is recorded"
                                : "no failed call of '" + visible(word) +
                                      "' is recorded; `hookjournal failures` lists what "
                                      "failed");
}

// Each way once; another guest's XML would fail scripts that go by the name.
CrossCheck run_again(JournalReader& journal, const Explanation& explanation,
                     const TrialOptions& options) {
  const CallRecord& call = explanation.call;
  if (!explanation.success)
    throw UsageError("--replay has nothing to hold call " + std::to_string(call.id) +
                     " against: the journal has no call of this kind that succeeded");
  const auto maker = options.maker(journal, {explanation.success->id, call.id});
  std::optional<Progress> progress;
  CrossCheckPlan plan;
  plan.with_links = options.links();
  plan.scripts_only = explanation.reference != Explanation::Reference::own_success;
  plan.progress = [&progress](std::size_t trials, std::size_t of) {
    if (!progress) progress.emplace("tried", static_cast<std::int64_t>(of));
    progress->at(static_cast<std::int64_t>(trials));
  };
  return cross_check(journal, call, *explanation.success, *maker, plan);
}

}  // namespace

int run_explain(int argc, char** argv) {
  CommandLine line("Tell what is known about why a call failed.", kExample);
  std::string word;
  bool last = false;
  line.add_argument("CALL", word, "The call; with --last-failure a guest or network");
  line.add_flag("--last-failure", last, "The last that failed, of this guest or of all");
  bool replay = false;
  line.add_flag("--replay", replay,
                "Run it again, with the scripts and XML of the success");
  TrialOptions trial_options(line);
  JournalOption journal_option(line);
  bool json = false, no_pager = false;
  line.add_flag("--json", json, "One object, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  trial_options.check();
  if (trial_options.given() && !replay)
    throw UsageError("--timeout, --stubs and --links go with --replay");
  JournalReader journal(journal_option.file());
  const CallRecord call =
      call_or_usage_error(journal, chosen(journal, journal_option, word, last));
  const Explanation explanation = explain(journal, call);
  std::optional<CrossCheck> check;
  if (replay) check = run_again(journal, explanation, trial_options);
  const CrossCheck* checked = check ? &*check : nullptr;
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    if (json)
      output.bytes(explanation_to_json(explanation, journal_option.repeated(), checked) +
                   "\n");
    else
      write_explanation(output, journal, explanation, journal_option.repeated(), checked);
  });
  return 0;
}

}  // namespace hookjournal
