#include "replay/legs/replay_tally.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace hookjournal {

namespace {

constexpr std::size_t kObjectsNamed = 5;

std::uint64_t digest_of_input(const CallRecord& call) {
  const RunRecord* first = first_run(call);
  std::uint64_t digest = 0;
  if (first == nullptr || !first->input) return digest;
  const std::string& digits = first->input->sha256;
  std::from_chars(digits.data(), digits.data() + std::min<std::size_t>(digits.size(), 16),
                  digest, 16);
  return digest;
}

std::tuple<std::int64_t, std::int64_t> age(const ReplayedCall& call) {
  return {call.call.at_ns, call.call.id};
}

void name_missing(std::vector<std::string>& incomplete, const std::string& tree,
                  const std::vector<std::string>& missing) {
  for (const std::string& file : missing) incomplete.push_back(tree + " lacks " + file);
}

}  // namespace

ReplayTally::ReplayTally(const ReplayPlan& plan, const ChosenCalls& chosen,
                         const std::vector<AcceptedDifference>& accepted) {
  for (const AcceptedDifference& difference : accepted)
    accepted_[difference.fingerprint] = difference;
  ReplayCoverage& coverage = summary_.coverage;
  coverage.left_out = chosen.left_out;
  for (const ChosenTree& tree : chosen.trees)
    name_missing(coverage.incomplete_trees,
                 tree.digest.empty() ? "the baseline"
                                     : "the recorded tree " + tree.digest.substr(0, 12),
                 tree.missing);
  name_missing(coverage.incomplete_trees, "the candidate", plan.candidate.missing);
}

void ReplayTally::add(ReplayResult& result) {
  if (result.call) {
    ReplayedCall& call = *result.call;
    cover(call, result);
    if (call.verdict.verdict == Verdict::changed) {
      call.accepted = is_accepted(call.fingerprint);
      Group& group = group_of(call.fingerprint, call, false);
      if (age(call) < age(group.told.example)) group.told.example = call;
    }
  }
  count_masks(result.leak_masks);
  if (!result.leak) return;
  result.leak->accepted = is_accepted(result.leak->fingerprint);
  Group& group = group_of(result.leak->fingerprint, *result.leak_example, true);
  if (!group.told.leak || age(*result.leak_example) < age(group.told.example)) {
    group.told.leak = result.leak;
    group.told.example = *result.leak_example;
  }
}

void ReplayTally::cover(const ReplayedCall& call, const ReplayResult& result) {
  ReplayCoverage& coverage = summary_.coverage;
  const CallRecord& record = call.call;
  if (coverage.calls == 0 || record.at_ns < coverage.oldest_ns)
    coverage.oldest_ns = record.at_ns;
  coverage.newest_ns = std::max(coverage.newest_ns, record.at_ns);
  ++coverage.calls;
  ++summary_.verdicts[call.verdict.verdict];
  summary_.drifted += call.verdict.drift.empty() ? 0 : 1;
  ++coverage
        .operations[record.driver + " " + record.operation + "/" + record.suboperation];
  objects_.emplace(record.host, record.driver, record.object);
  inputs_.insert(digest_of_input(record));
  for (const std::string& command : call.verdict.simulated) ++coverage.simulated[command];
  for (const std::string& command : result.ran) ++coverage.real[command];
  for (const std::string& attempt : result.blocked) ++coverage.blocked[attempt];
  count_masks(call.verdict.masks);
}

void ReplayTally::count_masks(const Masks& masks) {
  for (const MaskUse& mask : masks) {
    summary_.coverage.masks[mask.rule] += static_cast<std::int64_t>(mask.times);
    if (!mask.example.empty())
      summary_.coverage.masked.try_emplace(mask.rule, mask.example);
  }
}

ReplayTally::Group& ReplayTally::group_of(const std::string& fingerprint,
                                          const ReplayedCall& call, bool leak) {
  Group& group = groups_[{leak, fingerprint}];
  ChangeGroup& told = group.told;
  if (++told.calls == 1) {
    told.fingerprint = fingerprint;
    told.example = call;
    if (const auto found = accepted_.find(fingerprint); found != accepted_.end()) {
      told.accepted = true;
      told.accepted_because = found->second.because;
      told.accepted_by = found->second.by;
      told.accepted_at_ns = found->second.at_ns;
    }
  }
  group.objects.insert(call.call.object);
  return group;
}

ReplaySummary ReplayTally::finish() && {
  summary_.coverage.objects = static_cast<std::int64_t>(objects_.size());
  summary_.coverage.distinct_inputs = static_cast<std::int64_t>(inputs_.size());
  for (auto& [key, group] : groups_) {
    for (const std::string& object : group.objects)
      if (group.told.objects.size() < kObjectsNamed) group.told.objects.push_back(object);
    group.told.object_count = static_cast<std::int64_t>(group.objects.size());
    summary_.groups.push_back(std::move(group.told));
  }
  const auto rank = [](const ChangeGroup& group) {
    const Consequence before =
        group.leak ? Consequence::none : group.example.verdict.before;
    const Consequence after =
        group.leak ? Consequence::none : group.example.verdict.after;
    // Among equals calls before what is left behind, and older ones first.
    return std::tuple(-harm_of(before, after), -group.calls, group.leak.has_value(),
                      group.example.call.at_ns, group.fingerprint);
  };
  std::ranges::sort(summary_.groups, [&rank](const auto& one, const auto& other) {
    return rank(one) < rank(other);
  });
  return std::move(summary_);
}

}  // namespace hookjournal
