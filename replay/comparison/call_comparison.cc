#include "replay/comparison/call_comparison.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <utility>

#include "replay/comparison/command_comparison.h"
#include "replay/comparison/file_comparison.h"
#include "replay/comparison/network_comparison.h"
#include "replay/comparison/output_comparison.h"
#include "replay/comparison/text_comparison.h"

namespace hookjournal {
namespace {

using Runs = Legs<const ObservedRun*>;

// As libvirt takes it: it goes on, or not, and with which consequence.
std::string answer_of(const ObservedCall& call) {
  if (call.failed) return "failed: " + std::string(to_string(call.consequence));
  if (call.output_judgement && call.output_judgement->verdict == OutputVerdict::invalid)
    return "refused output: " + call.output_judgement->reason;
  return "ok: " + std::string(to_string(call.consequence));
}

std::string milliseconds(std::int64_t ns) {
  return std::to_string(ns / 1'000'000) + " ms";
}

// What no other load of the machine can be the reason of, in nanoseconds: the script's
// own processor time, and waiting while processors were idle.
std::int64_t own_time(const ObservedRun& run) {
  const std::int64_t elapsed = run.result.elapsed.count();
  const std::int64_t cpu =
      std::chrono::duration_cast<std::chrono::nanoseconds>(run.result.cpu).count();
  const auto idle =
      static_cast<std::int64_t>(run.idle_share * static_cast<double>(elapsed));
  return std::min(elapsed, cpu + idle);
}

void compare_times(const Runs& runs, std::int64_t slower_ns, Findings& findings) {
  const std::int64_t first = runs.first->result.elapsed.count();
  const std::int64_t second = runs.second->result.elapsed.count();
  const std::int64_t slowest = std::max(first, second);
  // A processor that others use, too, is itself slower, but not by half.
  const std::int64_t chance =
      std::max(std::int64_t{std::llabs(first - second)}, slowest / 2);
  const std::int64_t candidate = own_time(*runs.candidate);
  if (candidate - slowest <= std::max(chance, slower_ns)) return;
  findings.changed.push_back(Spot{Field::time, runs.first->script, ""}.difference(
      milliseconds(slowest), milliseconds(runs.candidate->result.elapsed.count())));
}

void compare_stream(Field field, const std::string& script,
                    const Legs<const std::string*>& texts, Findings& findings) {
  const TextDifferences found =
      compare_text({field, script, ""}, texts, field == Field::err, findings);
  findings.add(found.changed, found.noise);
}

void compare_effects(const std::string& script, const Legs<const Effects*>& effects,
                     Findings& findings) {
  const Effects &first = *effects.first, &second = *effects.second,
                &candidate = *effects.candidate;
  compare_commands(script, {&first.commands, &second.commands, &candidate.commands},
                   findings);
  compare_processes(Field::commands, script,
                    {&first.left_running, &second.left_running, &candidate.left_running},
                    findings);
  compare_files(Field::files, script, {&first.files, &second.files, &candidate.files},
                findings);
  compare_network(Field::network, script,
                  {&first.network, &second.network, &candidate.network}, findings);
  compare_attempts(script, {&first.attempts, &second.attempts, &candidate.attempts},
                   findings);
}

// A filter's stdout that became the call's output was compared as such.
void compare_filter_stdout(const Legs<const ObservedCall*>& calls, const Runs& runs,
                           Findings& findings) {
  const auto became_output = [](const ObservedCall* call, const ObservedRun* run) {
    return call->output && *call->output == run->result.out;
  };
  if (became_output(calls.first, runs.first) &&
      became_output(calls.second, runs.second) &&
      became_output(calls.candidate, runs.candidate))
    return;
  const std::optional<std::string> first = runs.first->result.out,
                                   second = runs.second->result.out,
                                   candidate = runs.candidate->result.out;
  compare_output({Field::out, runs.first->script, ""}, {&first, &second, &candidate},
                 findings);
}

void compare_runs(const Legs<const ObservedCall*>& calls, const Runs& runs,
                  std::int64_t slower_ns, Findings& findings) {
  const std::string& script = runs.first->script;
  const ScriptResult &first = runs.first->result, &second = runs.second->result,
                     &candidate = runs.candidate->result;
  compare_plain(
      {Field::ending, script, ""},
      {describe(first.ending), describe(second.ending), describe(candidate.ending)},
      findings);
  compare_effects(script,
                  {&runs.first->effects, &runs.second->effects, &runs.candidate->effects},
                  findings);
  compare_stream(Field::err, script, {&first.err, &second.err, &candidate.err}, findings);
  if (is_filter(calls.first->call))
    compare_filter_stdout(calls, runs, findings);
  else
    compare_stream(Field::out, script, {&first.out, &second.out, &candidate.out},
                   findings);
  compare_times(runs, slower_ns, findings);
}

// The same run of the same script in each leg, in the order in which libvirt runs them.
std::vector<Runs> runs_of(const Legs<const ObservedCall*>& calls) {
  std::vector<Runs> all;
  std::map<std::pair<std::string, std::size_t>, std::size_t> known;
  const auto add = [&](const ObservedCall& call, const ObservedRun* Runs::*leg) {
    std::map<std::string, std::size_t> times;
    for (const ObservedRun& run : call.runs) {
      const auto [found, is_new] =
          known.try_emplace({run.script, times[run.script]++}, all.size());
      if (is_new) all.push_back({nullptr, nullptr, nullptr});
      all[found->second].*leg = &run;
    }
  };
  add(*calls.first, &Runs::first);
  add(*calls.second, &Runs::second);
  add(*calls.candidate, &Runs::candidate);
  return all;
}

std::string order_of(const ObservedCall& call) {
  std::string text;
  for (const ObservedRun& run : call.runs)
    text += (text.empty() ? "" : "\n") + run.script;
  return text;
}

}  // namespace

void compare_calls(const Legs<const ObservedCall*>& calls, std::int64_t slower_ns,
                   Findings& findings) {
  compare_plain(
      {Field::answer, "", ""},
      {answer_of(*calls.first), answer_of(*calls.second), answer_of(*calls.candidate)},
      findings);
  compare_output({Field::output, "", ""},
                 {&calls.first->output, &calls.second->output, &calls.candidate->output},
                 findings);
  bool all_everywhere = true;
  for (const Runs& runs : runs_of(calls)) {
    if (runs.first != nullptr && runs.second != nullptr && runs.candidate != nullptr) {
      compare_runs(calls, runs, slower_ns, findings);
      continue;
    }
    all_everywhere = false;
    const auto told = [](const ObservedRun* run) {
      return run == nullptr ? std::string() : describe(run->result.ending);
    };
    const std::string& script = (runs.first != nullptr    ? runs.first
                                 : runs.second != nullptr ? runs.second
                                                          : runs.candidate)
                                    ->script;
    const Spot spot{Field::scripts, script, script};
    if ((runs.first == nullptr) != (runs.second == nullptr))
      findings.noise.push_back(spot.difference(told(runs.first), told(runs.second)));
    else
      findings.changed.push_back(spot.difference(told(runs.first), told(runs.candidate)));
  }
  if (all_everywhere)
    compare_plain(
        {Field::scripts, "", ""},
        {order_of(*calls.first), order_of(*calls.second), order_of(*calls.candidate)},
        findings);
}

}  // namespace hookjournal
