#include "replay/comparison/drift.h"

#include <algorithm>
#include <map>

#include "replay/comparison/output_comparison.h"

namespace hookjournal {
namespace {

// The n-th run of a script, for each its own.
template <class Run>
const Run* run_of(const std::vector<Run>& runs, const std::string& script,
                  std::size_t nth) {
  for (const Run& run : runs)
    if (run.script == script && nth-- == 0) return &run;
  return nullptr;
}

class Drift {
 public:
  Drift(const RecordedLeg& recorded, const ObservedCall& first,
        const ObservedCall& second, Findings& findings)
      : recorded_(recorded), first_(first), second_(second), findings_(findings) {}

  std::vector<Difference> result() {
    answer();
    std::map<std::string, std::size_t> times;
    for (const RecordedLeg::Run& run : recorded_.runs)
      recorded_run(run, times[run.script]++);
    if (recorded_.complete) unrecorded_runs();
    if (is_filter(first_.call)) output();
    return std::move(drift_);
  }

 private:
  void answer() {
    const bool all_known = std::all_of(recorded_.runs.begin(), recorded_.runs.end(),
                                       [](const auto& run) { return run.ending; });
    if (!recorded_.complete || !all_known || first_.failed != second_.failed ||
        first_.failed == recorded_.failed)
      return;
    add({Field::answer, "", ""}, recorded_.failed ? "failed" : "ok",
        first_.failed ? "failed" : "ok");
  }

  void recorded_run(const RecordedLeg::Run& run, std::size_t nth) {
    const ObservedRun* first = run_of(first_.runs, run.script, nth);
    const ObservedRun* second = run_of(second_.runs, run.script, nth);
    if (first == nullptr || second == nullptr) {
      if (first == second) add({Field::scripts, run.script, run.script}, "runs", "");
      return;
    }
    if (run.ending && *run.ending != first->result.ending &&
        *run.ending != second->result.ending)
      add({Field::ending, run.script, ""}, describe(*run.ending),
          describe(first->result.ending));
    // What the call's output is was compared as such.
    const bool is_output = recorded_.output == run.out && first_.output;
    if (is_filter(first_.call) && run.out_whole && !is_output)
      streams({Field::out, run.script, ""}, run.out, first->result.out,
              second->result.out);
  }

  void unrecorded_runs() {
    std::map<std::string, std::size_t> times;
    for (const ObservedRun& run : first_.runs) {
      const std::size_t nth = times[run.script]++;
      if (run_of(recorded_.runs, run.script, nth) == nullptr &&
          run_of(second_.runs, run.script, nth) != nullptr)
        add({Field::scripts, run.script, run.script}, "", "runs");
    }
  }

  void output() {
    const bool whole = std::all_of(recorded_.runs.begin(), recorded_.runs.end(),
                                   [](const auto& run) { return run.out_whole; });
    if (whole && recorded_.complete)
      streams({Field::output, "", ""}, recorded_.output, first_.output, second_.output);
  }

  void streams(const Spot& spot, const std::optional<std::string>& recorded,
               const std::optional<std::string>& first,
               const std::optional<std::string>& second) {
    MaskLedger unused;
    // The recorded processes had ids of their host.
    const MaskScale scale{.now = findings_.scale.now};
    if (output_drift(spot, recorded, second, unused, scale).empty()) return;
    const auto found = output_drift(spot, recorded, first, findings_.masks, scale);
    for (const Difference& difference : found) {
      const bool noise = std::any_of(
          findings_.noise.begin(), findings_.noise.end(), [&](const Difference& known) {
            return known.field == spot.field && known.script == spot.script &&
                   known.place == difference.place;
          });
      if (!noise) drift_.push_back(difference);
    }
  }

  void add(const Spot& spot, std::string before, std::string after) {
    drift_.push_back(spot.difference(std::move(before), std::move(after)));
  }

  const RecordedLeg& recorded_;
  const ObservedCall& first_;
  const ObservedCall& second_;
  Findings& findings_;
  std::vector<Difference> drift_;
};

}  // namespace

std::vector<Difference> drift_of(const RecordedLeg& recorded, const ObservedCall& first,
                                 const ObservedCall& second, Findings& findings) {
  return Drift(recorded, first, second, findings).result();
}

}  // namespace hookjournal
