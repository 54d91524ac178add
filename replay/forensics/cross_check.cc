#include "replay/forensics/cross_check.h"

#include <algorithm>
#include <optional>
#include <set>

#include "engine/error.h"

namespace hookjournal {

namespace {

using Finding = CrossCheck::Finding;

constexpr std::size_t index_of(bool scripts_then, bool xml_then) {
  return (scripts_then ? 0U : 2U) + (xml_then ? 0U : 1U);
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What stood in for something, and so may be why it came out otherwise.
std::string disturbance(const TrialOutcome& outcome) {
  std::string text;
  if (!outcome.simulated.empty())
    text = "stand-ins answered for " + list_of(outcome.simulated);
  if (!outcome.blocked.empty())
    text += (text.empty() ? "" : ", and ") + std::string("it could not reach ") +
            list_of(outcome.blocked);
  return text;
}

struct Judgement {
  Finding verdict = Finding::inconclusive;
  std::string why = {};
};

Judgement judge_own(const TrialOutcome& own) {
  const std::string disturbed = disturbance(own);
  if (own.succeeded() && disturbed.empty()) return {Finding::not_reproduced};
  if (own.succeeded())
    return {
        Finding::inconclusive,
        "with its own scripts and XML it succeeds in the sandbox, where " + disturbed};
  return {
      Finding::inconclusive,
      "with its own scripts and XML it fails in the sandbox otherwise than recorded: " +
          outcome_words(own) + (disturbed.empty() ? "" : ", where " + disturbed)};
}

Judgement judge_success(const TrialOutcome& success) {
  const std::string disturbed = disturbance(success);
  if (success.as_recorded && disturbed.empty()) return {Finding::neither};
  return {Finding::inconclusive,
          "with the scripts and XML of the success it fails in the sandbox too (" +
              outcome_words(success) + ")" +
              (disturbed.empty() ? "" : ", where " + disturbed)};
}

Judgement judge(const CrossCheck& check) {
  for (const CrossCheck::Cell& cell : check.cells)
    if (cell.outcome.unclear()) return {Finding::inconclusive, cell.outcome.why};
  const TrialOutcome& own = check.outcome(true, true);
  if (!own.failed() || !own.as_recorded) return judge_own(own);
  const TrialOutcome& success = check.outcome(false, false);
  if (!success.succeeded()) return judge_success(success);
  const bool scripts = check.outcome(false, true).succeeded();
  const bool xml = check.outcome(true, false).succeeded();
  if (scripts) return {xml ? Finding::either : Finding::scripts};
  return {xml ? Finding::xml : Finding::both};
}

std::optional<std::string> input_of(JournalReader& journal, const CallRecord& call) {
  const RunRecord* first = first_run(call);
  if (first == nullptr || !first->input) return {};
  if (first->input->truncated)
    throw Error("call " + std::to_string(call.id) +
                " cannot be compared with: of its input only the beginning was kept");
  return journal.bytes(first->input->blob);
}

}  // namespace

const TrialOutcome& CrossCheck::outcome(bool scripts_then, bool xml_then) const {
  return cells[index_of(scripts_then, xml_then)].outcome;
}

std::vector<std::string> CrossCheck::simulated() const {
  std::set<std::string> names;
  for (const Cell& cell : cells)
    names.insert(cell.outcome.simulated.begin(), cell.outcome.simulated.end());
  return {names.begin(), names.end()};
}

std::string_view to_string(CrossCheck::Finding verdict) {
  switch (verdict) {
    case Finding::scripts:
      return "scripts";
    case Finding::xml:
      return "xml";
    case Finding::either:
      return "either";
    case Finding::both:
      return "both";
    case Finding::neither:
      return "neither";
    case Finding::not_reproduced:
      return "not-reproduced";
    case Finding::inconclusive:
      break;
  }
  return "inconclusive";
}

CrossCheck cross_check(JournalReader& journal, const CallRecord& call,
                       const CallRecord& success, SandboxMaker& maker,
                       const CrossCheckPlan& plan) {
  if (success.tree.empty())
    throw Error("which scripts call " + std::to_string(success.id) +
                " had is not recorded: there is nothing to run call " +
                std::to_string(call.id) + " with");
  TrialStand stand(journal, call, maker, plan.with_links);
  const ScriptsTree then = tree_of_journal(journal, call.tree);
  const ScriptsTree good = tree_of_journal(journal, success.tree);
  const auto input = plan.scripts_only ? stand.input() : input_of(journal, success);

  CrossCheck check;
  check.scripts_only = plan.scripts_only;
  check.same_scripts = then.id == good.id;
  check.same_xml = input == stand.input();
  const std::size_t versions = check.same_scripts ? 1 : 2,
                    inputs = check.same_xml ? 1 : 2;
  const std::size_t all = versions * inputs;
  if (plan.progress)
    stand.on_trial([&](std::size_t trials) { plan.progress(trials, all); });
  for (const bool scripts_then : {true, false})
    for (const bool xml_then : {true, false}) {
      CrossCheck::Cell& cell = check.cells[index_of(scripts_then, xml_then)];
      cell = {.scripts_then = scripts_then, .xml_then = xml_then, .outcome = {}};
      // What is the same is not run again.
      if (!scripts_then && check.same_scripts)
        cell.outcome = check.outcome(true, xml_then);
      else if (!xml_then && check.same_xml)
        cell.outcome = check.outcome(scripts_then, true);
      else
        cell.outcome =
            stand.run(scripts_then ? then : good, xml_then ? stand.input() : input);
    }
  const Judgement judgement = judge(check);
  check.verdict = judgement.verdict;
  check.why = judgement.why;
  check.notes = stand.notes();
  for (const std::string& missing : good.missing)
    check.notes.push_back("the success's scripts lack " + missing);
  return check;
}

}  // namespace hookjournal
