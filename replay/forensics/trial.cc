#include "replay/forensics/trial.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/error.h"
#include "engine/sha256.h"
#include "journal/asking/error_lines.h"
#include "replay/chosen_calls.h"
#include "replay/guest_files.h"
#include "replay/legs/leg.h"

namespace hookjournal {

namespace {

using Kind = TrialOutcome::Kind;

// More calls than a lifecycle has, but for one with a port or two a minute.
constexpr std::int64_t kMostEarlier = 50;

// The journal's index knows of no core dumps.
bool same(const Ending& one, const Ending& other) {
  const auto* signaled = std::get_if<Signaled>(&one);
  const auto* other_signaled = std::get_if<Signaled>(&other);
  if (signaled != nullptr && other_signaled != nullptr)
    return signaled->signal == other_signaled->signal;
  return one == other;
}

std::vector<std::string> sorted(const std::set<std::string>& names) {
  return {names.begin(), names.end()};
}

// Why such a call cannot be judged; empty when nothing was in the way.
std::string trouble_of(const ObservedCall& call) {
  for (const ObservedRun& run : call.runs) {
    if (run.effects.timed_out) return run.script + " came to the sandbox's time limit";
    if (!run.effects.trouble.empty())
      return run.script + ": " + run.effects.trouble.front();
  }
  return {};
}

void note_disturbances(const ObservedCall& call, TrialOutcome& outcome) {
  std::set<std::string> simulated, blocked;
  for (const ObservedRun& run : call.runs) {
    for (const Command& command : run.effects.commands)
      if (command.simulated && !command.arguments.empty())
        simulated.insert(command.arguments.front());
    for (const Attempt& attempt : run.effects.attempts) blocked.insert(attempt.target);
  }
  outcome.simulated = sorted(simulated);
  outcome.blocked = sorted(blocked);
}

}  // namespace

TrialStand::TrialStand(JournalReader& journal, const CallRecord& call,
                       SandboxMaker& maker, bool with_links)
    : journal_(journal),
      maker_(maker),
      with_links_(with_links),
      failure_(FailureReader(journal).read(call.id)) {
  const RunRecord* first = first_run(call);
  if (first != nullptr && first->input && first->input->truncated)
    throw Error("call " + std::to_string(call.id) +
                " cannot be run again: of its input only the beginning was kept");
  call_ = load_call(journal, call, {});
  find_earlier_calls();
  note_record();
}

// Calls that cannot be replayed themselves do not appear among them.
void TrialStand::find_earlier_calls() {
  const CallRecord& call = call_.record;
  ReplayPlan plan;
  plan.selection.drivers = {call.driver};
  plan.selection.objects = {call.object};
  plan.selection.origins = {call.origin};
  plan.selection.calls = {{1, call.id}};
  plan.selection.last = kMostEarlier;
  const ChosenCalls chosen = choose_calls(journal_, plan);
  const auto life = std::ranges::find_if(chosen.lives, [&call](const ChosenLife& each) {
    return std::ranges::find(each.calls, call.id) != each.calls.end();
  });
  if (life == chosen.lives.end()) {
    std::string why = "it is not kept whole";
    if (!chosen.left_out.empty()) why = chosen.left_out.begin()->first;
    throw Error("call " + std::to_string(call.id) + " cannot be run again: " + why);
  }
  const auto& watchers = chosen.trees[life->tree].watchers;
  call_ = load_call(journal_, call, watchers);
  for (const std::int64_t id : life->calls) {
    if (id == call.id) break;
    if (auto record = journal_.call(id))
      earlier_.push_back(load_call(journal_, std::move(*record), watchers));
  }
  if (life->begin == ChosenLife::Begin::midway ||
      life->begin == ChosenLife::Begin::new_scripts)
    notes_.emplace_back("what earlier calls of its lifecycle left is not there");
  for (const std::string& missing : chosen.trees[life->tree].missing)
    notes_.push_back("its scripts lack " + missing);
}

void TrialStand::note_record() {
  const RunRecord* first = first_run(call_.record);
  if (first != nullptr && first->input && first->input->redacted > 0)
    notes_.emplace_back("secrets in its input were replaced before it was recorded");
  for (const std::string& script : call_.record.unrecorded)
    notes_.push_back("its script " + script + " was not recorded");
  if (!earlier_.empty())
    notes_.push_back("before it " + std::to_string(earlier_.size()) +
                     (earlier_.size() == 1 ? " earlier call" : " earlier calls") +
                     " of its lifecycle ran, as recorded");
}

TrialOutcome TrialStand::judged(const ObservedCall& observed) const {
  TrialOutcome outcome;
  note_disturbances(observed, outcome);
  if (outcome.why = trouble_of(observed); !outcome.why.empty()) return outcome;
  const auto& output = observed.output_judgement;
  if (!observed.failed) {
    const bool refused = output && output->verdict == OutputVerdict::invalid;
    outcome.kind = refused ? Kind::failed : Kind::succeeded;
    if (refused) outcome.why = output->reason;
    outcome.as_recorded = outcome.same_words = refused && !failure_;
    return outcome;
  }
  outcome.kind = Kind::failed;
  const auto run = std::find_if(observed.runs.rbegin(), observed.runs.rend(),
                                [](const ObservedRun& each) {
                                  return !hookjournal::succeeded(each.result.ending);
                                });
  if (run == observed.runs.rend()) return outcome;  // its `.d` is no folder
  outcome.script = run->script;
  outcome.ending = run->result.ending;
  const ErrorLines lines =
      last_error_lines(run->result.err, call_.record.object, call_.record.object_uuid);
  outcome.lines = lines.printed;
  if (!failure_) return outcome;
  outcome.as_recorded = failure_->cause.script == outcome.script &&
                        same(failure_->cause.ending, outcome.ending);
  outcome.same_words = failure_->cause.lines == lines.masked;
  return outcome;
}

TrialOutcome TrialStand::once(const ScriptsTree& scripts, const LoadedCall& call) {
  const Context& context = call.record.context;
  SandboxPlan plan{.hooks_dir = context.hooks_dir,
                   .tree = &scripts,
                   .files = {},
                   .bridges = {},
                   .taps = {},
                   .host_name = context.host_name};
  if (auto file = definition_file(earlier_.empty() ? call.call : earlier_.front().call))
    plan.files.push_back(std::move(*file));
  if (with_links_) {
    NamedLinks links;
    for (const LoadedCall& earlier : earlier_) add_links(earlier.call, links);
    add_links(call.call, links);
    plan.bridges = links.bridges;
    plan.taps = links.taps;
  }
  const auto sandbox = maker_.open(plan);
  try {
    for (const LoadedCall& earlier : earlier_) {
      const std::string trouble = trouble_of(observe_call(*sandbox, scripts, earlier));
      if (trouble.empty()) continue;
      TrialOutcome outcome;
      outcome.why = "in the " + earlier.call.operation + " before it: " + trouble;
      return outcome;
    }
    return judged(observe_call(*sandbox, scripts, call));
  } catch (const Error& error) {
    TrialOutcome outcome;
    outcome.why = std::string("the sandbox failed: ") + error.what();
    return outcome;
  }
}

TrialOutcome TrialStand::run(const ScriptsTree& scripts,
                             const std::optional<std::string>& input) {
  LoadedCall call = call_;
  call.call.input = input;
  TrialOutcome outcome = once(scripts, call);
  if (!outcome.unclear()) {
    const TrialOutcome again = once(scripts, call);
    if (again.unclear()) {
      outcome = again;
    } else if (again.kind != outcome.kind) {
      outcome.kind = Kind::unclear;
      outcome.why =
          "run twice with the same scripts and XML, it succeeded once and failed once";
    }
  }
  ++trials_;
  if (listener_) listener_(trials_);
  return outcome;
}

std::string outcome_words(const TrialOutcome& outcome) {
  if (outcome.succeeded()) return "it succeeds";
  if (outcome.unclear()) return "unclear: " + outcome.why;
  if (outcome.script.empty())
    return outcome.why.empty() ? "it fails" : "its output is refused: " + outcome.why;
  return outcome.script + " fails (" + describe(outcome.ending) + ")";
}

ScriptsTree mixed_tree(const ScriptsTree& base, const ScriptsTree& other,
                       const std::vector<std::string>& paths) {
  ScriptsTree mixed = base;
  // Only to be unlike that of any other mixture.
  std::string id = base.id + "+" + other.id;
  for (const std::string& path : paths) {
    id += "\n" + path;
    std::erase_if(mixed.files, [&path](const auto& file) { return file.path == path; });
    if (const auto* file = other.find(path)) mixed.files.push_back(*file);
  }
  std::ranges::sort(mixed.files, {}, &ScriptsTree::File::path);
  mixed.id = to_hex(sha256(id));
  return mixed;
}

}  // namespace hookjournal
