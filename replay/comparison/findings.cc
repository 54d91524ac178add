#include "replay/comparison/findings.h"

#include <algorithm>
#include <map>

namespace hookjournal {
namespace {

constexpr std::size_t kMostHunks = 30;

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

using RuledLines = std::map<const std::string*, std::map<std::string, long>>;

RuledLines take_ignored(Field field, Lines& lines, const IgnoreRules& ignore) {
  RuledLines taken;
  const auto ignored = [&](const Line& line) {
    const std::string* rule = ignore.rule_for(field, line.raw);
    if (rule != nullptr) ++taken[rule][line.raw + '\n' + line.tail];
    return rule != nullptr;
  };
  lines.erase(std::remove_if(lines.begin(), lines.end(), ignored), lines.end());
  return taken;
}

// How many of `one` have no equal in `other`.
std::uint64_t surplus(const RuledLines& one, const RuledLines& other,
                      const std::string* rule) {
  const auto lines = one.find(rule);
  if (lines == one.end()) return 0;
  const auto others = other.find(rule);
  std::uint64_t count = 0;
  for (const auto& [line, times] : lines->second) {
    long there = 0;
    if (others != other.end()) {
      const auto found = others->second.find(line);
      if (found != others->second.end()) there = found->second;
    }
    if (times > there) count += static_cast<std::uint64_t>(times - there);
  }
  return count;
}

}  // namespace

void Findings::add(const std::vector<Difference>& differences,
                   const std::vector<Difference>& of_noise) {
  changed.insert(changed.end(), differences.begin(), differences.end());
  noise.insert(noise.end(), of_noise.begin(), of_noise.end());
}

Difference Spot::difference(std::string before, std::string after) const {
  Difference made;
  made.field = field;
  made.script = script;
  made.place = place;
  made.before = excerpt(std::move(before));
  made.after = excerpt(std::move(after));
  return made;
}

std::string excerpt(std::string text) {
  if (text.size() <= kMostExcerpt) return text;
  const std::size_t whole = text.size();
  std::size_t end = kMostExcerpt;
  while (end > 0 && continues_character(text[end])) --end;
  text.resize(end);
  return text + "\n… (cut: " + std::to_string(whole) + " bytes in all)";
}

std::string text_of(const std::vector<const Line*>& lines) {
  std::string text;
  bool first = true;
  for (const Line* line : lines) {
    if (!first) text += '\n';
    first = false;
    text += line->raw;
    if (!line->tail.empty()) text += "  [" + line->tail + "]";
    // What is cut anyway needs not to be put together.
    if (text.size() > 4 * kMostExcerpt) break;
  }
  if (text.empty() && !lines.empty()) return "(an empty line)";
  return text;
}

std::vector<Difference> differences_of(const Spot& spot, const std::vector<Hunk>& hunks) {
  std::vector<Difference> made;
  for (std::size_t i = 0; i < hunks.size(); ++i) {
    Hunk hunk = hunks[i];
    if (made.size() + 1 == kMostHunks)
      for (++i; i < hunks.size(); ++i) {
        hunk.before.insert(hunk.before.end(), hunks[i].before.begin(),
                           hunks[i].before.end());
        hunk.after.insert(hunk.after.end(), hunks[i].after.begin(), hunks[i].after.end());
      }
    made.push_back(spot.difference(text_of(hunk.before), text_of(hunk.after)));
  }
  return made;
}

void compare_plain(const Spot& spot, const Legs<std::string>& values,
                   Findings& findings) {
  if (values.first != values.second)
    findings.noise.push_back(spot.difference(values.first, values.second));
  else if (values.first != values.candidate)
    findings.changed.push_back(spot.difference(values.first, values.candidate));
}

void drop_ignored(Field field, Legs<Lines>& lines, Findings& findings) {
  if (!findings.ignore.any_of(field)) return;
  const RuledLines first = take_ignored(field, lines.first, findings.ignore);
  const RuledLines second = take_ignored(field, lines.second, findings.ignore);
  const RuledLines candidate = take_ignored(field, lines.candidate, findings.ignore);
  for (const RuledLines* leg : {&first, &second, &candidate})
    for (const auto& [rule, hidden] : *leg) {
      // What two legs have alike was not hidden.
      const RuledLines& other = leg == &first ? candidate : first;
      const std::string& line = hidden.begin()->first;
      findings.masks.count(*rule, surplus(*leg, other, rule),
                           line.substr(0, line.find('\n')));
    }
}

}  // namespace hookjournal
