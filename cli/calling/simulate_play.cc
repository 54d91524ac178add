#include "cli/calling/simulate_play.h"

#include <cstdio>
#include <memory>
#include <utility>

#include "cli/calling/effects_tally.h"
#include "cli/calling/for_real.h"
#include "cli/calling/simulate_json.h"
#include "cli/calling/simulate_text.h"
#include "cli/escape.h"
#include "cli/progress.h"
#include "engine/libvirt_message.h"
#include "engine/process_runner.h"
#include "engine/xml/filter_output.h"
#include "journal/call_recorder.h"
#include "replay/sandbox_hooks.h"
#include "replay/simulation/script_hooks.h"

namespace hookjournal {

namespace {

// What only the host could decide passes.
std::optional<std::string> why_refused(const HookCall& call, const std::string& output) {
  const OutputJudgement judgement =
      judge_filter_output(call.driver, call.operation, call.input.value_or(""), output);
  if (judgement.verdict != OutputVerdict::invalid) return {};
  return judgement.reason;
}

// Of thousands, so many failed calls are told in full.
constexpr std::int64_t kFailuresTold = 5;

// What is told of one scenario, or of thousands.
class Report {
 public:
  Report(Output& output, bool json, bool each)
      : output_(output), json_(json), each_(each) {}

  void tell(const ToldStep& told) {
    calls_ += told.step.call ? 1 : 0;
    recorded_ += told.call ? 1 : 0;
    const bool failed = told.step.call && told.step.failed;
    failed_ += failed ? 1 : 0;
    if (told.seen != nullptr) effects_.add(*told.seen);
    if (json_) return output_.bytes(step_to_json(told) + "\n");
    if (each_ || (failed && failed_ <= kFailuresTold)) write_step(output_, told);
  }

  void end(std::string_view scenario, const SimulationResult& result,
           const std::vector<std::string>& lacking) {
    if (json_) return;
    effects_.write(output_, lacking);
    const std::string name(scenario);
    if (calls_ == 0) output_.text("libvirt calls no hook for this\n");
    if (result.played == 1) {
      const bool well = result.reached == 1;
      output_.text(name + (well ? " reached its goal\n" : " did not reach its goal\n"),
                   well ? Style::plain : Style::bad);
      return;
    }
    output_.text(name + " reached its goal " + std::to_string(result.reached) + " of " +
                 std::to_string(result.played) + " times; " + std::to_string(calls_) +
                 " calls, " + std::to_string(failed_) + " failed\n");
    if (failed_ > kFailuresTold)
      output_.text("above the first " + std::to_string(kFailuresTold) +
                   " that failed; `hookjournal log --outcome failed` has all\n");
  }

  std::int64_t recorded() const { return recorded_; }
  std::int64_t timed_out() const { return effects_.timed_out(); }

 private:
  Output& output_;
  bool json_, each_;
  std::int64_t calls_ = 0, failed_ = 0, recorded_ = 0;
  EffectsTally effects_;
};

// The runner of scripts that act on this machine. While there is one, signals to us are
// the scripts'.
std::unique_ptr<ProcessRunner> runner_for(const Play& play) {
  if (play.sandboxes != nullptr) return nullptr;
  return std::make_unique<ProcessRunner>(hook_environment(own_environment()),
                                         tell_of_holder);
}

// One host: its scripts, run and recorded.
class Side {
 public:
  // `runner`: null in a sandbox.
  Side(const Play& play, const std::filesystem::path& scripts, std::string_view name,
       Fault fault, ProcessRunner* runner, Report& report)
      : name_(name),
        environment_(hook_environment(own_environment())),
        recorder_({.journal = play.journal,
                   .hooks_dir = scripts,
                   .seen_as = runner == nullptr ? kHooksOfLibvirt : "",
                   .environment = environment_,
                   .origin = Origin::simulate,
                   .config = play.config,
                   .durable = false}),
        observer_(recorder_),
        hooks_(hooks_of(play, scripts, runner)),
        libvirt_(*hooks_, {.version = play.version,
                           .fault = fault,
                           .refuses = why_refused,
                           .tell = [this, &report](const SimulatedStep& step) {
                             report.tell({step, name_, call_of(step), seen_in(step)});
                           }}) {}

  void begin(const SimulatedGuest& guest, const SimulatedNetwork* network) {
    if (sandboxed_ != nullptr) sandboxed_->begin(guest, network);
  }
  SimulatedLibvirt& libvirt() { return libvirt_; }
  const std::vector<std::string>& trouble() const { return recorder_.trouble(); }

 private:
  std::unique_ptr<Hooks> hooks_of(const Play& play, const std::filesystem::path& scripts,
                                  ProcessRunner* runner) {
    if (runner != nullptr)
      return std::make_unique<ScriptHooks>(*runner, observer_, environment_, scripts,
                                           play.version);
    auto hooks = std::make_unique<SandboxHooks>(
        *play.sandboxes, observer_,
        SandboxHooks::Setting{.tree = tree_of_directory(scripts),
                              .environment = environment_,
                              .version = play.version,
                              .with_links = play.links});
    sandboxed_ = hooks.get();
    return hooks;
  }

  std::optional<std::int64_t> call_of(const SimulatedStep& step) const {
    if (!step.call || step.answer.runs.empty()) return {};
    return recorder_.call();
  }

  const std::vector<ObservedRun>* seen_in(const SimulatedStep& step) const {
    if (!step.call || sandboxed_ == nullptr) return nullptr;
    return &sandboxed_->seen();
  }

  std::string_view name_;
  std::vector<std::string> environment_;
  CallRecorder recorder_;
  UntilSignal observer_;
  SandboxHooks* sandboxed_ = nullptr;  // hooks_, when it is that
  std::unique_ptr<Hooks> hooks_;
  SimulatedLibvirt libvirt_;
};

}  // namespace

PlayResult play(const Play& play) {
  PlayResult result;
  std::vector<std::string> trouble;
  const auto runner = runner_for(play);
  const std::int64_t all = play.plan.guests * play.plan.cycles;
  write_output(Output::Paging::never, [&](Output& output) {
    Report report(output, play.json, all == 1);
    Side here(play, play.scripts, "", play.fault, runner.get(), report);
    std::unique_ptr<Side> source;
    if (!play.source_scripts.empty())
      source = std::make_unique<Side>(play, play.source_scripts, "source", Fault::none,
                                      runner.get(), report);
    Progress progress("simulated", all);
    const auto begin = [&](const SimulatedGuest& guest, const SimulatedNetwork* network) {
      here.begin(guest, network);
      if (source) source->begin(guest, network);
    };
    const auto done = [&](const SimulationResult& so_far) { progress.at(so_far.played); };
    result.simulation =
        simulate(play.plan, {here.libvirt(), source ? &source->libvirt() : nullptr},
                 {.begin = begin, .done = done});
    progress.finish();
    report.end(play.plan.scenario->name, result.simulation, play.lacking);
    result.recorded = report.recorded();
    result.timed_out = report.timed_out();
    trouble = here.trouble();
    if (source)
      trouble.insert(trouble.end(), source->trouble().begin(), source->trouble().end());
  });
  for (const std::string& text : trouble)
    std::fprintf(stderr, "hookjournal: %s\n", visible(text).c_str());
  return result;
}

}  // namespace hookjournal
