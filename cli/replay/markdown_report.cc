#include "cli/replay/markdown_report.h"

#include <algorithm>

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "cli/replay/coverage_text.h"
#include "cli/replay/difference_lines.h"
#include "cli/time_text.h"

namespace hookjournal {

namespace {

// What a person reads of it, and what a comment may hold.
constexpr std::size_t kGroupsInFull = 20;

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// A code span: nothing in it means anything, if its fence is longer than all it holds.
std::string code(std::string_view bytes) {
  const std::string text = visible(bytes);
  if (text.empty()) return "";
  const std::string fence(longest_run(text, '`') + 1, '`');
  const bool padded = text.front() == '`' || text.back() == '`' ||
                      (text.front() == ' ' && text.back() == ' ');
  const std::string pad = padded ? " " : "";
  return fence + pad + text + pad + fence;
}

// In a table a bar ends the cell, also in code.
std::string cell(std::string_view bytes) {
  std::string text;
  for (const char c : code(bytes)) {
    if (c == '|') text += '\\';
    text += c;
  }
  return text;
}

std::string fenced(std::string_view language, const std::string& text) {
  const std::string fence(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
  return fence + std::string(language) + "\n" + text + fence + "\n";
}

std::string diff_of(const std::vector<Difference>& differences) {
  const DifferenceLimits limits;
  std::string text;
  for (std::size_t i = 0; i < differences.size() && i < limits.differences; ++i) {
    text += "@@ " + title_of(differences[i]) + " @@\n";
    for (const DifferenceLine& line : lines_of(differences[i], limits))
      text += sign_of(line.kind) + line.text + "\n";
  }
  if (differences.size() > limits.differences)
    text += "  ... " +
            counted(static_cast<std::int64_t>(differences.size() - limits.differences),
                    "difference") +
            " more\n";
  return fenced("diff", text);
}

std::string codes(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : ", ") + code(each);
  return text;
}

std::string objects_of(const ChangeGroup& group) {
  std::string text = codes(group.objects);
  const auto more = group.object_count - static_cast<std::int64_t>(group.objects.size());
  if (more > 0) text += " and " + grouped(more) + " more";
  return text;
}

std::string count_of(const ChangeGroup& group) {
  return counted(group.calls, group.leak ? "lifecycle" : "call");
}

std::string group_text(const ChangeGroup& group, std::size_t number,
                       const ReportContext& context) {
  std::string text = "### " + std::to_string(number) + ". " + title_of(group) + "\n\n";
  text += count_of(group) + " of " + objects_of(group) + ". Example: ";
  if (group.leak)
    text += "what stays after call " + std::to_string(group.leak->last_call) + ".";
  else
    text += "call " + std::to_string(group.example.call.id) + ", " +
            code(call_words(group.example.call)) + ".";
  if (const auto& simulated = group.example.verdict.simulated; !simulated.empty())
    text += " Stand-ins answered for " + codes(simulated) + ".";
  text += "\n\n" + diff_of(differences_of(group)) + "\n";
  const std::string commands = visible(reproduce_command(context, group)) + "\n" +
                               visible(accept_command(context, group.fingerprint)) + "\n";
  return text + "Reproduce it, or accept it as intended:\n\n" + fenced("sh", commands) +
         "\n";
}

std::string verdict_table(const ReplaySummary& summary) {
  std::string text = "| verdict | calls |\n|---|---:|\n";
  for (const Verdict verdict : {Verdict::changed, Verdict::inconclusive, Verdict::drift,
                                Verdict::noise, Verdict::same})
    text += "| " + std::string(to_string(verdict)) + " | " +
            grouped(calls_with(summary, verdict)) + " |\n";
  return text + "\n";
}

std::string finding_table(std::string_view title,
                          const std::vector<LesserFindings::Finding>& findings) {
  if (findings.empty()) return {};
  std::string text = "### " + std::string(title) +
                     "\n\n| what | calls | first | reproduce it |\n" +
                     "|---|---:|---:|---|\n";
  for (const auto& finding : findings)
    text += "| " + cell(finding.words) + " | " + grouped(finding.calls) + " | " +
            std::to_string(finding.example) + " | " + cell(finding.reproduce) + " |\n";
  return text + "\n";
}

void add_counts(std::string& text, std::string_view what, std::string_view unit,
                const std::map<std::string, std::int64_t>& counts) {
  for (const auto& [name, count] : counts)
    text += "| " + std::string(what) + " | " + cell(name) + " | " + counted(count, unit) +
            " |\n";
}

std::string coverage_text(const ReplayCoverage& coverage, const ReportContext& context) {
  std::string text = "<details><summary>What was covered</summary>\n\n" +
                     counted(coverage.calls, "call") + " of " +
                     object_count_words(coverage) + " in " +
                     counted(coverage.lifecycles, "lifecycle") + ", " +
                     counted(coverage.distinct_inputs, "distinct input");
  if (coverage.calls > 0)
    text += ", recorded from " + local_time_text(coverage.oldest_ns) + " to " +
            local_time_text(coverage.newest_ns);
  text += ".\n\n| | | |\n|---|---|---:|\n";
  add_counts(text, "operation", "call", coverage.operations);
  add_counts(text, "left out", "call", coverage.left_out);
  add_counts(text, "really ran", "call", coverage.real);
  add_counts(text, "simulated", "call", coverage.simulated);
  add_counts(text, "blocked", "call", coverage.blocked);
  for (const auto& [rule, times] : coverage.masks) {
    const auto first = coverage.masked.find(rule);
    text += "| masked | " + cell(rule) +
            (first == coverage.masked.end() ? "" : ": " + cell(first->second)) + " | " +
            counted(times, "time") + " |\n";
  }
  for (const std::string& tree : coverage.incomplete_trees)
    text += "| incomplete tree | " + cell(tree) + " | |\n";
  if (context.sandbox) {
    text += "| limits | " + cell(limit_words(context.sandbox->limits)) + " | |\n";
    for (const std::string& mount : context.sandbox->read_only)
      text += "| read-only | " + cell(mount) + " | |\n";
  }
  return text + "\n</details>\n";
}

}  // namespace

std::string markdown_of(const ReplaySummary& summary, const LesserFindings& lesser,
                        const ReportContext& context) {
  const auto accepted = static_cast<std::size_t>(
      std::ranges::count_if(summary.groups, &ChangeGroup::accepted));
  const std::size_t open = summary.groups.size() - accepted;
  std::string text = "## Replay of " + grouped(summary.coverage.calls) +
                     " recorded hook calls with " + code(context.scripts) + "\n\n";
  text += open == 0 ? "Nothing that nobody has accepted changes.\n\n"
                    : "**" + counted(static_cast<std::int64_t>(open), "finding") +
                          "** to look at.\n\n";
  if (const auto calls = calls_with(summary, Verdict::inconclusive); calls > 0)
    text += "**" + counted(calls, "call") + "** could not be judged.\n\n";
  text += verdict_table(summary);
  std::size_t number = 0;
  for (const ChangeGroup& group : summary.groups)
    if (!group.accepted && ++number <= kGroupsInFull)
      text += group_text(group, number, context);
  if (number > kGroupsInFull)
    text += "And " +
            counted(static_cast<std::int64_t>(number - kGroupsInFull), "change") +
            " more: `hookjournal replay --json` tells all.\n\n";
  if (accepted > 0) {
    text += "### Accepted as intended\n\n| fingerprint | calls | because | by |\n" +
            std::string("|---|---:|---|---|\n");
    for (const ChangeGroup& group : summary.groups)
      if (group.accepted)
        text += "| " + cell(group.fingerprint) + " | " + grouped(group.calls) + " | " +
                cell(group.accepted_because) + " | " + cell(group.accepted_by) + " |\n";
    text += "\n";
  }
  text += finding_table("Inconclusive", lesser.inconclusive());
  text += finding_table("Drift: the old scripts no longer do what was recorded",
                        lesser.drift());
  text += finding_table("Notes", lesser.notes());
  return text + coverage_text(summary.coverage, context);
}

}  // namespace hookjournal
