#include "cli/replay/exit_status.h"

#include <algorithm>

namespace hookjournal {

std::string_view to_string(FailOn what) {
  switch (what) {
    case FailOn::changed:
      return "changed";
    case FailOn::drift:
      return "drift";
    case FailOn::consequence:
      return "consequence";
  }
  return "changed";
}

std::int64_t calls_with(const ReplaySummary& summary, Verdict verdict) {
  const auto found = summary.verdicts.find(verdict);
  return found == summary.verdicts.end() ? 0 : found->second;
}

bool consequence_differs(const ChangeGroup& group) {
  return !group.leak && group.example.verdict.before != group.example.verdict.after;
}

int exit_status_of(const ReplaySummary& summary, const PassRule& rule) {
  const std::int64_t inconclusive = calls_with(summary, Verdict::inconclusive);
  const bool nothing_judged = inconclusive == summary.coverage.calls;
  if (inconclusive > 0 && (nothing_judged || !rule.inconclusive_allowed)) return 1;
  if (rule.fail_on == FailOn::drift && summary.drifted > 0) return 1;
  const bool consequence_only = rule.fail_on == FailOn::consequence;
  return std::ranges::any_of(
      summary.groups, [consequence_only](const ChangeGroup& group) {
        return !group.accepted && (!consequence_only || consequence_differs(group));
      });
}

}  // namespace hookjournal
