#include "cli/replay/text_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "cli/replay/coverage_text.h"
#include "cli/time_text.h"

namespace hookjournal {

namespace {

// Nobody reads more; --json has all.
constexpr std::size_t kGroupsShown = 20, kFindingsShown = 5;

Style style_of(Verdict verdict) {
  if (verdict == Verdict::changed) return Style::bad;
  const bool doubtful = verdict == Verdict::inconclusive || verdict == Verdict::drift;
  return doubtful ? Style::warning : Style::plain;
}

std::string_view meaning_of(Verdict verdict, const PassRule& rule) {
  switch (verdict) {
    case Verdict::changed:
      return "the new scripts do something else";
    case Verdict::inconclusive:
      return rule.inconclusive_allowed
                 ? "could not be judged"
                 : "could not be judged, which fails unless --allow-inconclusive";
    case Verdict::drift:
      return "nothing changes, but the old scripts no longer do what was recorded";
    case Verdict::noise:
      return "differ only where the old scripts differ from themselves";
    case Verdict::same:
      break;
  }
  return "";
}

std::string when_words(const CallRecord& call) {
  return call_words(call) + ", " + local_time_text(call.at_ns);
}

std::int64_t open_groups(const ReplaySummary& summary) {
  return std::ranges::count(summary.groups, false, &ChangeGroup::accepted);
}

std::string accepted_words(const ReplaySummary& summary) {
  std::int64_t calls = 0;
  for (const ChangeGroup& group : summary.groups)
    if (group.accepted && !group.leak) calls += group.calls;
  return calls == 0 ? "" : " (" + grouped(calls) + " as accepted)";
}

}  // namespace

void TextReport::field(std::string_view name, const std::string& value) {
  output_.text(fmt::format("   {:<12}", name), Style::faint);
  output_.text(value + "\n");
}

void TextReport::differences(const std::vector<Difference>& differences,
                             const DifferenceLimits& limits) {
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (i == limits.differences) {
      const auto more = static_cast<std::int64_t>(differences.size() - i);
      output_.text("   ... " + counted(more, "more difference") + "; --show has all\n",
                   Style::faint);
      return;
    }
    output_.text("   " + title_of(differences[i]) + "\n", Style::heading);
    for (const DifferenceLine& line : lines_of(differences[i], limits)) {
      output_.text("     ");
      output_.text(sign_of(line.kind) + line.text, style_of(line.kind));
      output_.text("\n");
    }
  }
}

// A finding in which a stand-in answered is as true as its answer.
void TextReport::simulated(const CallVerdict& verdict) {
  if (const std::string words = simulated_words(verdict); !words.empty())
    field("simulated", words);
}

void TextReport::show(const ReplayedCall& replayed) {
  const CallVerdict& verdict = replayed.verdict;
  output_.text(fmt::format("call {}", replayed.call.id), Style::heading);
  output_.text("  " + when_words(replayed.call) + "\n");
  output_.text("   " + std::string(to_string(verdict.verdict)),
               replayed.accepted ? Style::plain : style_of(verdict.verdict));
  if (verdict.verdict == Verdict::changed)
    output_.text(": " + consequence_words(verdict.before, verdict.after) + "; " +
                 replayed.fingerprint + (replayed.accepted ? ", accepted" : ""));
  if (!verdict.reason.empty()) output_.text(": " + visible(verdict.reason));
  output_.text("\n");
  for (const std::string& note : replayed.notes) field("note", visible(note));
  simulated(verdict);
  differences(verdict.differences, DifferenceLimits::none());
  if (!verdict.drift.empty())
    field("drift", "where the old scripts no longer do what was recorded");
  differences(verdict.drift, DifferenceLimits::none());
  output_.text("\n");
}

void TextReport::show(const ReplayedLeak& leak) {
  output_.text("left behind", Style::heading);
  output_.text(fmt::format("  by {} {} after call {}; {}{}\n", visible(leak.driver),
                           visible(leak.object), leak.last_call, leak.fingerprint,
                           leak.accepted ? ", accepted" : ""));
  differences(leak.differences, DifferenceLimits::none());
  output_.text("\n");
}

void TextReport::headline(const ReplaySummary& summary) {
  const std::int64_t open = open_groups(summary);
  const std::int64_t inconclusive = calls_with(summary, Verdict::inconclusive);
  const std::string with = " with " + visible(context_.scripts);
  const std::string of = counted(summary.coverage.calls, "recorded call");
  if (summary.coverage.calls == 0)
    output_.text("Nothing was replayed" + with + ".\n", Style::heading);
  else if (open > 0)
    output_.text("Of " + of + " replayed" + with + ", " +
                     grouped(calls_with(summary, Verdict::changed)) + " changed" +
                     accepted_words(summary) + ": " + counted(open, "finding") +
                     " to look at.\n",
                 Style::heading);
  else if (inconclusive == summary.coverage.calls)
    output_.text("None of " + of + " could be judged" + with + ".\n", Style::heading);
  else
    output_.text(
        of + " replayed" + with + ": nothing changed" +
            (summary.groups.empty() ? "" : " but what is accepted") +
            (inconclusive == 0 ? ""
                               : "; " + grouped(inconclusive) + " could not be judged") +
            ".\n",
        Style::heading);
  output_.text("Compared with " +
               (context_.baseline.empty() ? "the scripts as they were recorded"
                                          : visible(context_.baseline)) +
               ", in " + duration_text(summary.elapsed_ns) + ".\n\n");
}

void TextReport::verdicts(const ReplaySummary& summary) {
  for (const Verdict verdict : {Verdict::changed, Verdict::inconclusive, Verdict::drift,
                                Verdict::noise, Verdict::same}) {
    const std::int64_t calls = calls_with(summary, verdict);
    output_.text(fmt::format("  {:<13}{:>9}", to_string(verdict), grouped(calls)),
                 calls > 0 ? style_of(verdict) : Style::faint);
    const std::string_view meaning = calls > 0 ? meaning_of(verdict, context_.rule) : "";
    output_.text((meaning.empty() ? "" : "   ") + std::string(meaning) + "\n",
                 Style::faint);
  }
  output_.text("\n");
}

void TextReport::group(const ChangeGroup& group, std::size_t number) {
  output_.text(fmt::format("{}. {}\n", number, title_of(group)),
               consequence_differs(group) ? Style::bad : Style::heading);
  field("found in", counted(group.calls, group.leak ? "lifecycle" : "call") + " of " +
                        object_words(group));
  field("fingerprint", group.fingerprint);
  if (group.leak)
    field("example",
          fmt::format("{} {}, what stays after call {}", visible(group.leak->driver),
                      visible(group.leak->object), group.leak->last_call));
  else
    field("example", fmt::format("call {}, {}", group.example.call.id,
                                 when_words(group.example.call)));
  simulated(group.example.verdict);
  for (const std::string& note : group.example.notes) field("note", visible(note));
  differences(differences_of(group), DifferenceLimits());
  field("reproduce", visible(reproduce_command(context_, group)));
  field("accept", visible(accept_command(context_, group.fingerprint)));
  output_.text("\n");
}

void TextReport::accepted(const ReplaySummary& summary) {
  if (open_groups(summary) == static_cast<std::int64_t>(summary.groups.size())) return;
  output_.text("Accepted as intended\n", Style::heading);
  for (const ChangeGroup& group : summary.groups)
    if (group.accepted)
      output_.text(fmt::format("  {}  {}: {}\n{:>16}{}\n", group.fingerprint,
                               counted(group.calls, group.leak ? "lifecycle" : "call"),
                               title_of(group), "", acceptance_words(group)));
  output_.text("\n");
}

void TextReport::lesser(std::string_view title,
                        const std::vector<LesserFindings::Finding>& found,
                        bool to_reproduce) {
  if (found.empty()) return;
  output_.text(std::string(title) + "\n", Style::heading);
  std::int64_t more = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i >= kFindingsShown) {
      more += found[i].calls;
      continue;
    }
    output_.text(
        fmt::format("  {:>9}  {}", counted(found[i].calls, "call"), found[i].words));
    output_.text(
        fmt::format("  (first {}, {})\n", found[i].example, visible(found[i].object)),
        Style::faint);
    if (to_reproduce)
      output_.text(fmt::format("{:>11}  {}\n", "reproduce", visible(found[i].reproduce)),
                   Style::faint);
  }
  if (more > 0) output_.text("  " + counted(more, "call") + " more for other reasons\n");
  output_.text("\n");
}

void TextReport::summary(const ReplaySummary& summary, const LesserFindings& findings) {
  headline(summary);
  if (summary.coverage.calls > 0) verdicts(summary);
  std::size_t number = 0;
  for (const ChangeGroup& change : summary.groups)
    if (!change.accepted && ++number <= kGroupsShown) group(change, number);
  if (number > kGroupsShown)
    output_.text(
        "... and " +
        counted(static_cast<std::int64_t>(number - kGroupsShown), "more change") +
        "; --json has all of them.\n\n");
  accepted(summary);
  lesser("Inconclusive, and why", findings.inconclusive(), true);
  lesser("Drift: where the old scripts no longer do what was recorded", findings.drift(),
         true);
  lesser("Notes", findings.notes(), false);
  write_coverage(output_, summary.coverage, context_);
}

}  // namespace hookjournal
