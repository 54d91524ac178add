#include "engine/text_difference.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace hookjournal {

namespace {

using Kind = LineChange::Kind;
using Lines = std::vector<std::string_view>;

// The trace of the search takes memory as the square of this: 16 MiB.
constexpr int kMostEdits = 2000;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    const auto length = newline == std::string_view::npos ? text.size() : newline + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

// Lines as numbers: the search compares each many times.
class Numbers {
 public:
  std::vector<int> of(const Lines& lines) {
    std::vector<int> numbers;
    numbers.reserve(lines.size());
    for (const std::string_view line : lines)
      numbers.push_back(
          known_.try_emplace(line, static_cast<int>(known_.size())).first->second);
    return numbers;
  }

 private:
  std::unordered_map<std::string_view, int> known_;
};

// A path through the grid of `before` by `after`: how far each diagonal (x - y) is
// reached with d edits, for each d.
class Search {
 public:
  Search(const std::vector<int>& before, const std::vector<int>& after)
      : before_(before), after_(after) {}

  // Which steps lead from the one to the other; nothing when they are too many.
  std::optional<std::vector<Kind>> steps() {
    const int most = std::min(
        kMostEdits, static_cast<int>(before_.size()) + static_cast<int>(after_.size()));
    std::vector<int> reached(2 * static_cast<std::size_t>(most) + 3, 0);
    for (int d = 0; d <= most; ++d) {
      for (int k = -d; k <= d; k += 2) {
        const auto at = [&](int diagonal) -> int& {
          const int place = diagonal + most + 1;
          return reached[static_cast<std::size_t>(place)];
        };
        const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
        int x = down ? at(k + 1) : at(k - 1) + 1;
        while (same(x, x - k)) ++x;
        at(k) = x;
        if (x >= width() && x - k >= height()) return walk_back(d, k);
      }
      const auto first = reached.begin() + (most + 1 - d);
      trace_.emplace_back(first, first + d + d + 1);
    }
    return {};
  }

 private:
  int width() const { return static_cast<int>(before_.size()); }
  int height() const { return static_cast<int>(after_.size()); }
  bool same(int x, int y) const {
    return x < width() && y < height() && y >= 0 &&
           before_[static_cast<std::size_t>(x)] == after_[static_cast<std::size_t>(y)];
  }

  // As far as diagonal `k` was reached with `d` edits; -1: not at all.
  int reached(int d, int k) const {
    if (k < -d || k > d) return -1;
    const int place = k + d;
    return trace_[static_cast<std::size_t>(d)][static_cast<std::size_t>(place)];
  }

  std::vector<Kind> walk_back(int d, int k) const {
    std::vector<Kind> steps;
    int x = width();
    for (; d > 0; --d) {
      const bool down =
          k == -d || (k != d && reached(d - 1, k - 1) < reached(d - 1, k + 1));
      const int from = down ? k + 1 : k - 1;
      const int before_step = reached(d - 1, from);
      const int after_step = down ? before_step : before_step + 1;
      steps.insert(steps.end(), static_cast<std::size_t>(x - after_step), Kind::same);
      steps.push_back(down ? Kind::added : Kind::removed);
      x = before_step;
      k = from;
    }
    steps.insert(steps.end(), static_cast<std::size_t>(x), Kind::same);
    std::ranges::reverse(steps);
    return steps;
  }

  const std::vector<int>& before_;
  const std::vector<int>& after_;
  std::vector<std::vector<int>> trace_;
};

std::vector<Kind> steps_between(const Lines& before, const Lines& after) {
  Numbers numbers;
  const std::vector<int> earlier = numbers.of(before), later = numbers.of(after);
  if (auto steps = Search(earlier, later).steps()) return std::move(*steps);
  std::vector<Kind> all(before.size(), Kind::removed);
  all.insert(all.end(), after.size(), Kind::added);
  return all;
}

// What is equal at both ends needs no search.
std::size_t common_start(const Lines& one, const Lines& other) {
  const auto [end, ignored] = std::ranges::mismatch(one, other);
  return static_cast<std::size_t>(end - one.begin());
}

std::size_t common_end(const Lines& one, const Lines& other, std::size_t start) {
  const std::size_t most = std::min(one.size(), other.size()) - start;
  std::size_t count = 0;
  while (count < most && one[one.size() - count - 1] == other[other.size() - count - 1])
    ++count;
  return count;
}

std::string range_words(std::size_t first, std::size_t count) {
  // diff names the line before an empty range.
  std::string text = std::to_string(count == 0 ? first : first + 1);
  if (count != 1) text += "," + std::to_string(count);
  return text;
}

void write_line(std::string& text, const LineChange& change) {
  text += change.kind == Kind::same ? ' ' : (change.kind == Kind::added ? '+' : '-');
  text += change.line;
  if (!change.line.ends_with('\n')) text += "\n\\ No newline at end of file\n";
}

}  // namespace

std::vector<LineChange> compare_lines(std::string_view before, std::string_view after) {
  const Lines earlier = lines_of(before), later = lines_of(after);
  const std::size_t start = common_start(earlier, later);
  const std::size_t end = common_end(earlier, later, start);
  const auto middle = [start, end](const Lines& lines) {
    return Lines(lines.begin() + static_cast<std::ptrdiff_t>(start),
                 lines.end() - static_cast<std::ptrdiff_t>(end));
  };

  std::vector<LineChange> changes;
  for (std::size_t i = 0; i < start; ++i) changes.push_back({Kind::same, earlier[i]});
  std::size_t x = start, y = start;
  for (const Kind step : steps_between(middle(earlier), middle(later))) {
    changes.push_back({step, step == Kind::added ? later[y] : earlier[x]});
    if (step != Kind::added) ++x;
    if (step != Kind::removed) ++y;
  }
  for (std::size_t i = earlier.size() - end; i < earlier.size(); ++i)
    changes.push_back({Kind::same, earlier[i]});
  return changes;
}

std::string unified_difference(std::string_view before, std::string_view after,
                               std::size_t around) {
  const std::vector<LineChange> changes = compare_lines(before, after);
  const auto is_change = [](const LineChange& c) { return c.kind != Kind::same; };
  std::string text;
  std::size_t done = 0, x = 0, y = 0;  // told so far: of changes, of either text
  while (true) {
    const auto next = std::find_if(changes.begin() + static_cast<std::ptrdiff_t>(done),
                                   changes.end(), is_change);
    if (next == changes.end()) return text;
    const auto changed = static_cast<std::size_t>(next - changes.begin());
    const std::size_t first = std::max(done, changed - std::min(changed, around));
    // A hunk goes on while less than twice `around` lies before the next change.
    std::size_t last = changed;
    for (std::size_t i = changed; i < changes.size() && i - last <= 2 * around; ++i)
      if (is_change(changes[i])) last = i;
    const std::size_t end = std::min(changes.size(), last + around + 1);

    x += first - done;
    y += first - done;
    std::string lines;
    std::size_t of_before = 0, of_after = 0;
    for (std::size_t i = first; i < end; ++i) {
      write_line(lines, changes[i]);
      if (changes[i].kind != Kind::added) ++of_before;
      if (changes[i].kind != Kind::removed) ++of_after;
    }
    text += "@@ -" + range_words(x, of_before) + " +" + range_words(y, of_after) +
            " @@\n" + lines;
    x += of_before;
    y += of_after;
    done = end;
  }
}

}  // namespace hookjournal
