#include <CLI/CLI.hpp>
#include <string>

#include "cli/asking/explanation_json.h"
#include "cli/asking/explanation_text.h"
#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "engine/error.h"
#include "journal/explain/explanation.h"

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
    "example: why a guest did not start last night\n"
    "  hookjournal explain --last-failure win11\n";

std::int64_t chosen(JournalReader& journal, const std::string& word, bool last) {
  if (!last) {
    if (word.empty()) throw UsageError("give a call, or --last-failure");
    if (const std::string wrong = wrong_call_number(word); !wrong.empty())
      throw UsageError(wrong);
    return std::stoll(word);
  }
  if (const auto id = last_failure(journal, word)) return *id;
  throw UsageError(word.empty() ? "no failed call is recorded"
                                : "no failed call of '" + visible(word) +
                                      "' is recorded; `hookjournal failures` lists what "
                                      "failed");
}

}  // namespace

int run_explain(int argc, char** argv) {
  CLI::App app("Tell what is known about why a call failed.");
  app.footer(kExample);
  std::string word;
  bool last = false;
  app.add_option("CALL", word, "The call; with --last-failure a guest or network")
      ->type_name("");
  app.add_flag("--last-failure", last, "The last that failed, of this guest or of all");
  JournalOption journal_option(app);
  bool json = false, no_pager = false;
  app.add_flag("--json", json, "One object, for programs");
  app.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = parse_command_line(app, argc, argv)) return *status;

  JournalReader journal(journal_option.file());
  const CallRecord call = call_or_usage_error(journal, chosen(journal, word, last));
  const Explanation explanation = explain(journal, call);
  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  write_output(paging, [&](Output& output) {
    if (json)
      output.bytes(explanation_to_json(explanation, journal_option.repeated()) + "\n");
    else
      write_explanation(output, journal, explanation, journal_option.repeated());
  });
  return 0;
}

}  // namespace hookjournal
