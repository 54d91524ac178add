#include "cli/replay/change_words.h"

#include <set>

#include "cli/escape.h"
#include "cli/time_text.h"

namespace hookjournal {

namespace {

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

// The word alone would tell that something is ignored, not what.
std::string word_of(Consequence consequence) {
  if (consequence == Consequence::ignored) return "a failure that libvirt ignores";
  return std::string(to_string(consequence));
}

}  // namespace

std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::int64_t count, std::string_view thing) {
  return grouped(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

std::string call_words(const CallRecord& call) {
  std::string text = call.driver + " " + call.operation + "/" + call.suboperation;
  if (call.extra != "-") text += " (" + call.extra + ")";
  if (call.object != "-") text += " of " + call.object;
  return visible(text);
}

std::string object_words(const ChangeGroup& group) {
  std::vector<std::string> words;
  words.reserve(group.objects.size() + 1);
  for (const std::string& object : group.objects) words.push_back(visible(object));
  const auto more = group.object_count - static_cast<std::int64_t>(group.objects.size());
  if (more > 0) words.push_back(grouped(more) + " more");
  return listed(words);
}

std::string object_count_words(const ReplayCoverage& coverage) {
  return grouped(coverage.objects) +
         (coverage.objects == 1 ? " guest or network" : " guests and networks");
}

std::string consequence_words(Consequence before, Consequence after) {
  if (before == after) return word_of(after) + ", as before";
  return word_of(after) + " (was " + word_of(before) + ")";
}

std::string field_words(const std::vector<Difference>& differences) {
  std::set<Field> fields;  // in the order of their harm
  for (const Difference& difference : differences) fields.insert(difference.field);
  std::vector<std::string> words;
  words.reserve(fields.size());
  for (const Field field : fields) words.emplace_back(to_string(field));
  return listed(words);
}

std::string simulated_words(const CallVerdict& verdict) {
  std::vector<std::string> words;
  words.reserve(verdict.simulated.size());
  for (const std::string& command : verdict.simulated) words.push_back(visible(command));
  return listed(words);
}

const std::vector<Difference>& differences_of(const ChangeGroup& group) {
  return group.leak ? group.leak->differences : group.example.verdict.differences;
}

std::string title_of(const ChangeGroup& group) {
  if (group.leak) return "other things are left behind";
  const CallVerdict& verdict = group.example.verdict;
  if (verdict.before != verdict.after)
    return consequence_words(verdict.before, verdict.after);
  return "changed: " + field_words(verdict.differences) + " (consequence " +
         consequence_words(verdict.before, verdict.after) + ")";
}

std::string acceptance_words(const ChangeGroup& group) {
  return "accepted by " + visible(group.accepted_by) + " on " +
         local_time_text(group.accepted_at_ns) + ": " + visible(group.accepted_because);
}

}  // namespace hookjournal
