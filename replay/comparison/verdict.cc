// From three observed legs and a recorded one to a verdict.
#include <algorithm>
#include <chrono>
#include <set>

#include "replay/comparison/call_comparison.h"
#include "replay/comparison/command_comparison.h"
#include "replay/comparison/drift.h"
#include "replay/comparison/file_comparison.h"
#include "replay/comparison/maskers.h"
#include "replay/comparison/network_comparison.h"

namespace hookjournal {
namespace {

// Only to tell a moment from other numbers: a verdict does not depend on it otherwise.
std::int64_t seconds_since_1970() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void add_sentence(std::string& reason, const std::string& sentence) {
  constexpr std::size_t kMost = 2048;
  if (reason.size() > kMost) return;
  if (!reason.empty()) reason += "; ";
  reason += sentence;
}

std::string joined(const std::vector<std::string>& texts) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < texts.size() && i < kMost; ++i)
    text += (i == 0 ? "" : ", ") + texts[i];
  if (texts.size() > kMost)
    text += " and " + std::to_string(texts.size() - kMost) + " more";
  return text;
}

// What keeps a leg from being compared.
void add_trouble(std::string& reason, const char* leg, const ObservedCall& call) {
  for (const ObservedRun& run : call.runs) {
    const std::string who = std::string(leg) + ": " + run.script;
    if (run.effects.timed_out)
      add_sentence(reason, who + " timed out" +
                               (run.effects.left_running.empty()
                                    ? ""
                                    : ", running: " + joined(run.effects.left_running)));
    for (const std::string& trouble : run.effects.trouble)
      add_sentence(reason, who + ": " + trouble);
  }
}

// As a shell and env tell it, too.
bool could_not_start(const Ending& ending) {
  const auto* exited = std::get_if<Exited>(&ending);
  return std::holds_alternative<NotStarted>(ending) ||
         (exited != nullptr && (exited->code == 126 || exited->code == 127));
}

// Where the old scripts cannot run, nothing is said of the new ones.
void add_missing_interpreter(std::string& reason, const RecordedLeg& recorded,
                             const ObservedCall& baseline) {
  const std::size_t both = std::min(recorded.runs.size(), baseline.runs.size());
  for (std::size_t i = 0; i < both; ++i) {
    const auto& was = recorded.runs[i];
    const ObservedRun& is = baseline.runs[i];
    if (was.script == is.script && was.ending && !could_not_start(*was.ending) &&
        could_not_start(is.result.ending))
      add_sentence(reason,
                   "baseline: " + is.script + " could not run here (" +
                       describe(is.result.ending) + ", recorded with " +
                       describe(*was.ending) +
                       "): is its interpreter missing? Install it here, or replay "
                       "where it is");
  }
}

std::vector<std::string> simulated_in(const ObservedCall& first,
                                      const ObservedCall& second,
                                      const ObservedCall& candidate) {
  std::set<std::string> names;
  for (const ObservedCall* call : {&first, &second, &candidate})
    for (const ObservedRun& run : call->runs)
      for (const Command& command : run.effects.commands)
        if (command.simulated) names.insert(command_name(command));
  return {names.begin(), names.end()};
}

// Processes of the host get ids that have gone on until the next leg: the baseline legs
// differ, and it is learned from them where one is.
MaskScale scale_of(const std::array<std::optional<PidRange>, 3>& pids) {
  MaskScale scale{.now = seconds_since_1970(), .pids = {0, -1}};
  std::vector<PidRange> ranges;
  for (const auto& range : pids)
    if (range) ranges.push_back(*range);
  if (ranges.empty()) return scale;
  std::ranges::sort(ranges, {}, &PidRange::lowest);
  scale.pids = {ranges.front().lowest, 0};
  for (const PidRange& range : ranges)
    scale.pids.highest = std::max(scale.pids.highest, range.highest);
  scale.pids_apart =
      std::ranges::adjacent_find(ranges, [](const PidRange& one, const PidRange& next) {
        return one.highest >= next.lowest;
      }) == ranges.end();
  return scale;
}

// Most harmful first, else as found.
void sort_by_field(std::vector<Difference>& differences) {
  std::stable_sort(differences.begin(), differences.end(),
                   [](const Difference& one, const Difference& other) {
                     return one.field < other.field;
                   });
}

}  // namespace

std::optional<PidRange> pids_of(const ObservedCall& call) {
  std::optional<PidRange> pids;
  for (const ObservedRun& run : call.runs)
    if (run.effects.pids) pids = run.effects.pids;  // the last one's has all before it
  return pids;
}

CallVerdict judge_call(const RecordedLeg& recorded, const ObservedCall& first,
                       const ObservedCall& second, const ObservedCall& candidate,
                       const Maskers& maskers, std::int64_t slower_ns) {
  CallVerdict verdict;
  verdict.before = first.consequence;
  verdict.after = candidate.consequence;
  verdict.simulated = simulated_in(first, second, candidate);
  add_trouble(verdict.reason, "baseline", first);
  if (verdict.reason.empty()) add_trouble(verdict.reason, "baseline again", second);
  add_trouble(verdict.reason, "candidate", candidate);
  if (verdict.reason.empty()) add_missing_interpreter(verdict.reason, recorded, first);
  if (!verdict.reason.empty()) {
    verdict.verdict = Verdict::inconclusive;
    return verdict;
  }
  const IgnoreRules ignore(maskers.ignore);
  Findings findings{
      .ignore = ignore,
      .scale = scale_of({pids_of(first), pids_of(second), pids_of(candidate)})};
  compare_calls({&first, &second, &candidate}, slower_ns, findings);
  verdict.drift = drift_of(recorded, first, second, findings);
  verdict.differences = std::move(findings.changed);
  verdict.noise = std::move(findings.noise);
  for (auto* list : {&verdict.differences, &verdict.noise, &verdict.drift})
    sort_by_field(*list);
  findings.masks.add_to(verdict.masks);
  if (!verdict.differences.empty())
    verdict.verdict = Verdict::changed;
  else if (!verdict.noise.empty())
    verdict.verdict = Verdict::noise;
  else if (!verdict.drift.empty())
    verdict.verdict = Verdict::drift;
  return verdict;
}

std::vector<Difference> judge_remains(const Remains& first, const Remains& second,
                                      const Remains& candidate, const Maskers& maskers,
                                      const std::array<std::optional<PidRange>, 3>& pids,
                                      std::vector<MaskUse>& masks) {
  if (first == second && first == candidate) return {};
  const IgnoreRules ignore(maskers.ignore);
  Findings findings{.ignore = ignore, .scale = scale_of(pids)};
  compare_files(Field::leak, "", {&first.files, &second.files, &candidate.files},
                findings);
  compare_network(Field::leak, "", {&first.network, &second.network, &candidate.network},
                  findings);
  compare_processes(Field::leak, "",
                    {&first.processes, &second.processes, &candidate.processes},
                    findings);
  findings.masks.add_to(masks);
  return std::move(findings.changed);
}

}  // namespace hookjournal
