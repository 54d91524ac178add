#include "cli/replay/lesser_findings.h"

#include <algorithm>

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "cli/replay/difference_lines.h"

namespace hookjournal {

namespace {

// Of each sort. What scripts print may make every reason another one.
constexpr std::size_t kMostKinds = 100;
constexpr const char* kOthers = "other reasons";
constexpr std::size_t kPlacesNamed = 3;

std::string drift_words(const CallVerdict& verdict) {
  std::string words;
  for (std::size_t i = 0; i < verdict.drift.size() && i < kPlacesNamed; ++i)
    words += (i == 0 ? "" : ", ") + title_of(verdict.drift[i]);
  if (verdict.drift.size() > kPlacesNamed) words += ", ...";
  const std::string simulated = simulated_words(verdict);
  return simulated.empty() ? words : words + "; simulated: " + simulated;
}

}  // namespace

void LesserFindings::add(const ReplayedCall& call, const ReportContext& context) {
  const CallVerdict& verdict = call.verdict;
  if (verdict.verdict == Verdict::inconclusive)
    count(inconclusive_, visible(verdict.reason), call, context);
  // Whatever the verdict: what is judged first hides no drift.
  if (!verdict.drift.empty()) count(drift_, drift_words(verdict), call, context);
  for (const std::string& note : call.notes) count(notes_, visible(note), call, context);
}

void LesserFindings::count(Findings& findings, const std::string& words,
                           const ReplayedCall& call, const ReportContext& context) {
  const bool room = findings.size() < kMostKinds || findings.contains(words);
  const std::string& key = room ? words : kOthers;
  const auto [finding, is_new] = findings.try_emplace(key);
  if (is_new)
    finding->second = {key, 0, call.call.id, call.call.object,
                       reproduce_command(context, call)};
  ++finding->second.calls;
}

std::vector<LesserFindings::Finding> LesserFindings::sorted(const Findings& findings) {
  std::vector<Finding> list;
  list.reserve(findings.size());
  for (const auto& [words, finding] : findings) list.push_back(finding);
  std::ranges::stable_sort(list, std::ranges::greater(), &Finding::calls);
  return list;
}

}  // namespace hookjournal
