#include "cli/replay/bisection_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cli/asking/difference_text.h"
#include "cli/call_words.h"
#include "cli/escape.h"
#include "cli/time_text.h"
#include "cli/wrapped_text.h"

namespace hookjournal {

namespace {

using Finding = Bisection::Finding;

constexpr std::size_t kAllLines = std::numeric_limits<std::size_t>::max();

std::string short_digest(const TreeVersion& version) {
  return version.digest.substr(0, 12);
}

std::string verdict_words(const Bisection& bisection, const CallRecord& call,
                          const CallRecord& success) {
  const std::string number = "call " + std::to_string(call.id);
  const std::string good = "call " + std::to_string(success.id);
  const std::string why = visible(bisection.why);
  switch (bisection.verdict) {
    case Finding::found:
      return "The first version of the scripts with which " + number +
             " fails in the sandbox is " +
             short_digest(bisection.versions[bisection.first_bad].tree) + "; with " +
             short_digest(bisection.versions[bisection.last_good].tree) +
             ", the last one before it that could be judged, it succeeds.";
    case Finding::not_the_scripts:
      return "It is not the scripts: with those of " + good + " " + number +
             " fails in the sandbox in the same way. `hookjournal explain " +
             std::to_string(call.id) + " --replay` tries the XML too.";
    case Finding::same_scripts:
      return "It is not the scripts: " + good + " had the same.";
    case Finding::not_reproduced:
      return "Not reproduced: in the sandbox " + number +
             " succeeds with its own scripts. What made it fail is not in them alone" +
             (why.empty() ? "." : "; " + why + ".");
    case Finding::inconclusive:
      break;
  }
  return "Inconclusive: " + why + ".";
}

void write_versions(Output& output, const Bisection& bisection) {
  output.text("\nversions of the scripts, the oldest first\n", Style::heading);
  for (const Bisection::Version& version : bisection.versions) {
    const TreeVersion& tree = version.tree;
    std::string words = "  " + short_digest(tree);
    words += tree.calls == 0 ? fmt::format("{:<34}", "")
                             : fmt::format("  call {:<7} {}  ", tree.first_call,
                                           local_time_text(tree.first_ns));
    output.text(words);
    if (!version.tried) {
      output.text("not tried\n", Style::faint);
      continue;
    }
    const Style style = version.outcome.succeeded() ? Style::good
                        : version.outcome.failed()  ? Style::bad
                                                    : Style::warning;
    const bool other = version.outcome.failed() && !version.outcome.as_recorded;
    output.text(visible(outcome_words(version.outcome)) +
                    (other ? ", otherwise than recorded" : "") + "\n",
                style);
  }
}

void write_files(Output& output, const Bisection& bisection) {
  output.text("\nwhat changed in it\n", Style::heading);
  const auto& guilty = bisection.guilty;
  if (guilty.empty())
    write_wrapped(output,
                  "Which of the files it is could not be told: " + visible(bisection.why),
                  "  ", "  ");
  else if (bisection.together)
    write_wrapped(output,
                  fmt::format("{} files together make it fail; none of them can be left "
                              "out:",
                              guilty.size()),
                  "  ", "  ");
  else if (guilty.size() > 1)
    write_wrapped(output, "Each of these makes it fail alone:", "  ", "  ");
  for (const ScriptChange& file : bisection.files) {
    const bool is_guilty = std::ranges::find(guilty, file.path) != guilty.end();
    if (!is_guilty && !guilty.empty()) continue;
    output.text("  " + file_words(file) + "\n", Style::bad);
    if (!file.why_no_text.empty()) output.text("    " + file.why_no_text + "\n");
    write_text_change(output, file.text, "    ", kAllLines);
  }
  const std::size_t others = bisection.files.size() - guilty.size();
  if (!guilty.empty() && others > 0)
    output.text(
        fmt::format("  {} changed too, and {} not needed for it\n",
                    others == 1 ? "1 other file" : fmt::format("{} other files", others),
                    others == 1 ? "is" : "are"),
        Style::faint);
}

}  // namespace

std::vector<std::string> commands_after(const Bisection& bisection,
                                        const CallRecord& call,
                                        const std::string& journal_words) {
  const std::string id = std::to_string(call.id);
  std::vector<std::string> commands;
  if (bisection.verdict == Finding::found) {
    const auto good = short_digest(bisection.versions[bisection.last_good].tree);
    const auto bad = short_digest(bisection.versions[bisection.first_bad].tree);
    commands.push_back(
        fmt::format("hookjournal scripts diff {} {}{}", good, bad, journal_words));
    commands.push_back("hookjournal scripts restore " + good + " ./last-good" +
                       journal_words);
    commands.push_back("hookjournal replay --call " + id + " --scripts ./last-good" +
                       journal_words);
  } else {
    commands.push_back("hookjournal explain " + id + " --replay" + journal_words);
  }
  return commands;
}

void write_bisection(Output& output, const Bisection& bisection, const CallRecord& call,
                     const CallRecord& success, const std::string& journal_words) {
  output.text("call " + std::to_string(call.id) + "\n", Style::heading);
  write_wrapped(
      output,
      fmt::format("{} of {} {}, held against call {} of {}", operation_words(call),
                  visible(call.driver), visible(call.object), success.id,
                  local_time_text(success.at_ns)),
      "  ", "  ");
  write_wrapped(output, verdict_words(bisection, call, success), "  ", "  ");
  if (bisection.versions.size() > 1) write_versions(output, bisection);
  if (bisection.verdict == Finding::found) write_files(output, bisection);
  for (const std::string& note : bisection.notes)
    write_wrapped(output, "note: " + visible(note), "  ", "    ", Style::faint);
  output.text("\nto go on\n", Style::heading);
  for (const std::string& command : commands_after(bisection, call, journal_words))
    output.text("  " + visible(command) + "\n");
}

}  // namespace hookjournal
