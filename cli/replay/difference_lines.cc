#include "cli/replay/difference_lines.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "engine/text_difference.h"

namespace hookjournal {

namespace {

using Kind = DifferenceLine::Kind;

// Unchanged lines shown before and after a change.
constexpr std::size_t kAround = 2;

Kind kind_of(LineChange::Kind kind) {
  switch (kind) {
    case LineChange::Kind::removed:
      return Kind::removed;
    case LineChange::Kind::added:
      return Kind::added;
    case LineChange::Kind::same:
      break;
  }
  return Kind::same;
}

std::string shown(std::string_view line, std::size_t most) {
  const std::string_view kept = line.substr(0, most);
  std::string text = visible(kept, Keep::lines);
  if (kept.size() < line.size())
    text += " ... " +
            counted(static_cast<std::int64_t>(line.size() - kept.size()), "byte") +
            " more";
  return text;
}

std::string left_out(std::size_t lines, std::string_view which) {
  return "... " + grouped(static_cast<std::int64_t>(lines)) + " " + std::string(which) +
         (lines == 1 ? " line" : " lines");
}

// Whether each line is near enough to a change to be shown.
std::vector<bool> near_changes(const std::vector<LineChange>& changes) {
  std::vector<bool> near(changes.size(), false);
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].kind == LineChange::Kind::same) continue;
    const std::size_t first = i > kAround ? i - kAround : 0;
    const std::size_t last = std::min(i + kAround, changes.size() - 1);
    std::fill(near.begin() + static_cast<std::ptrdiff_t>(first),
              near.begin() + static_cast<std::ptrdiff_t>(last) + 1, true);
  }
  return near;
}

}  // namespace

std::string sign_of(DifferenceLine::Kind kind) {
  if (kind == Kind::removed) return "- ";
  return kind == Kind::added ? "+ " : "  ";
}

std::string title_of(const Difference& difference) {
  // Of one script: whether libvirt would run it at all.
  if (difference.field == Field::scripts && !difference.place.empty() &&
      difference.before.empty() != difference.after.empty())
    return "scripts: " + visible(difference.place) +
           (difference.after.empty() ? " is no longer run" : " is run now");
  std::string text(to_string(difference.field));
  if (!difference.script.empty()) text += " of " + visible(difference.script);
  if (!difference.place.empty()) text += ": " + visible(difference.place);
  return text;
}

std::vector<DifferenceLine> lines_of(const Difference& difference,
                                     const DifferenceLimits& limits) {
  const auto changes = compare_lines(difference.before, difference.after);
  const auto near = near_changes(changes);
  // Where only one of two texts ends its last line, the lines would look equal.
  const bool ends_tell =
      !difference.before.empty() && !difference.after.empty() &&
      difference.before.ends_with('\n') != difference.after.ends_with('\n');
  std::vector<DifferenceLine> lines;
  std::size_t equal = 0;
  const auto tell_equal = [&lines, &equal] {
    if (equal > 0) lines.push_back({Kind::left_out, left_out(equal, "equal")});
    equal = 0;
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!near[i]) {
      ++equal;
      continue;
    }
    tell_equal();
    std::string_view line = changes[i].line;
    const bool whole = line.ends_with('\n');
    if (whole) line.remove_suffix(1);
    lines.push_back({kind_of(changes[i].kind), shown(line, limits.line_bytes)});
    if (!whole && ends_tell) lines.back().text += " (no newline at its end)";
  }
  tell_equal();
  if (lines.size() <= limits.lines) return lines;
  const std::size_t more = lines.size() - limits.lines;
  lines.resize(limits.lines);
  lines.push_back({Kind::left_out, left_out(more, "more")});
  return lines;
}

Style style_of(DifferenceLine::Kind kind) {
  switch (kind) {
    case DifferenceLine::Kind::removed:
      return Style::bad;
    case DifferenceLine::Kind::added:
      return Style::good;
    case DifferenceLine::Kind::left_out:
      return Style::faint;
    case DifferenceLine::Kind::same:
      break;
  }
  return Style::plain;
}

}  // namespace hookjournal
