#include "replay/comparison/learned_places.h"

#include <algorithm>
#include <map>

#include "replay/comparison/alignment.h"
#include "replay/comparison/drawn_names.h"

namespace hookjournal {
namespace {

bool tails_fit(const Line& one, const Line& other) {
  if (one.tail == other.tail || one.tail_open || other.tail_open) return true;
  return (one.broken_pipe && other.tail.empty()) ||
         (other.broken_pipe && one.tail.empty());
}

LearnedPlace place_of(const Line& first, const Line& second) {
  LearnedPlace place;
  place.first = &first;
  place.second = &second;
  if (first.masked.key != second.masked.key)
    place.pattern.emplace(first.masked.key, second.masked.key);
  else if (first.raw != second.raw)
    place.drawn = pattern_of_drawn_names(first.masked, second.masked);
  place.any_tail = !tails_fit(first, second);
  return place;
}

LearnedPlace optional_place(const Line& line) {
  LearnedPlace place;
  place.first = place.second = &line;
  place.optional = true;
  return place;
}

class Learning {
 public:
  Learning(const Lines& first, const Lines& second) : first_(first), second_(second) {}

  LearnedSequence in_order(const std::vector<Match>& matches) {
    std::size_t at = 0, other = 0;
    for (const Match& match : matches) {
      hunk(at, match.left, other, match.right);
      pair(first_[match.left], second_[match.right]);
      at = match.left + 1;
      other = match.right + 1;
    }
    hunk(at, first_.size(), other, second_.size());
    return std::move(learned_);
  }

  LearnedSequence in_any_order() {
    learned_.unordered = true;
    std::multimap<std::string, std::size_t> of_second;
    for (std::size_t j = 0; j < second_.size(); ++j)
      of_second.emplace(second_[j].masked.key, j);
    std::vector<std::size_t> rest;
    std::vector<bool> used(second_.size());
    for (std::size_t i = 0; i < first_.size(); ++i) {
      const auto found = of_second.find(first_[i].masked.key);
      if (found == of_second.end()) {
        rest.push_back(i);
        continue;
      }
      pair(first_[i], second_[found->second]);
      used[found->second] = true;
      of_second.erase(found);
    }
    for (std::size_t i : rest) pair_with_likest(first_[i], used);
    for (std::size_t j = 0; j < second_.size(); ++j)
      if (!used[j]) only_in_one(second_[j], false);
    return std::move(learned_);
  }

 private:
  void pair(const Line& first, const Line& second) {
    LearnedPlace place = place_of(first, second);
    if (place.pattern || place.any_tail) learned_.noise.push_back({{&first}, {&second}});
    learned_.places.push_back(std::move(place));
  }

  void only_in_one(const Line& line, bool in_first) {
    learned_.optional_keys.insert(line.masked.key);
    learned_.places.push_back(optional_place(line));
    if (in_first)
      learned_.noise.push_back({{&line}, {}});
    else
      learned_.noise.push_back({{}, {&line}});
  }

  // Lines that differ stand for each other when there are as many of both.
  void hunk(std::size_t at, std::size_t end, std::size_t other, std::size_t other_end) {
    if (end - at == other_end - other) {
      for (; at < end; ++at, ++other) pair(first_[at], second_[other]);
      return;
    }
    for (; at < end; ++at) only_in_one(first_[at], true);
    for (; other < other_end; ++other) only_in_one(second_[other], false);
  }

  void pair_with_likest(const Line& line, std::vector<bool>& used) {
    constexpr double kAlike = 0.5;
    double best = kAlike;
    std::optional<std::size_t> found;
    for (std::size_t j = 0; j < second_.size(); ++j) {
      if (used[j] || second_[j].place != line.place) continue;
      if (guesses_ == 0) {
        if (!found) found = j;
        break;
      }
      --guesses_;
      const double alike = likeness(line.masked.key, second_[j].masked.key);
      if (alike < best || (found && alike == best)) continue;
      best = alike;
      found = j;
    }
    if (!found) return only_in_one(line, true);
    used[*found] = true;
    pair(line, second_[*found]);
  }

  const Lines& first_;
  const Lines& second_;
  // How many more pairs may be tried: what is other in thousands of lines is noise
  // anyway.
  std::size_t guesses_ = 20'000;
  LearnedSequence learned_;
};

// Whether lines that the alignment left alone are on both sides: they changed places.
bool lines_crossed(const Lines& first, const Lines& second,
                   const std::vector<Match>& matches) {
  std::vector<bool> matched(first.size()), matched_second(second.size());
  for (const Match& match : matches)
    matched[match.left] = matched_second[match.right] = true;
  std::set<std::string> alone;
  for (std::size_t i = 0; i < first.size(); ++i)
    if (!matched[i]) alone.insert(first[i].masked.key);
  for (std::size_t j = 0; j < second.size(); ++j)
    if (!matched_second[j] && alone.count(second[j].masked.key) != 0) return true;
  return false;
}

}  // namespace

bool LearnedPlace::fits(const Line& line) const {
  if (!any_tail && !tails_fit(*first, line)) return false;
  if (pattern) return pattern->fits(line.masked.key);
  if (first->raw == line.raw || second->raw == line.raw) return true;
  if (first->masked.key != line.masked.key) return drawn && drawn->fits(line.masked.key);
  return first->raw != second->raw || plausible(first->masked.hidden, line.masked.hidden);
}

LearnedSequence learn_sequence(const Lines& first, const Lines& second, bool any_order) {
  Learning learning(first, second);
  if (any_order) return learning.in_any_order();
  const auto same_key = [&](std::size_t i, std::size_t j) {
    return first[i].masked.key == second[j].masked.key;
  };
  const std::vector<Match> matches = align(first.size(), second.size(), same_key);
  if (!lines_crossed(first, second, matches)) return learning.in_order(matches);
  LearnedSequence learned = learning.in_any_order();
  Hunk all;
  for (const Line& line : first) all.before.push_back(&line);
  for (const Line& line : second) all.after.push_back(&line);
  learned.noise.push_back(all);
  return learned;
}

}  // namespace hookjournal
