#include "replay/comparison/sequence_comparison.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "replay/comparison/alignment.h"
#include "replay/comparison/learned_places.h"

namespace hookjournal {
namespace {

bool equal(const Line& one, const Line& other) {
  return one.raw == other.raw && one.tail == other.tail &&
         one.tail_open == other.tail_open;
}

// What is equal in all three legs at both ends needs no masks and no thought.
struct Trim {
  std::size_t front = 0, back = 0;
};
Trim trim_of(const Lines& a, const Lines& b, const Lines& c) {
  const std::size_t shortest = std::min({a.size(), b.size(), c.size()});
  Trim trim;
  while (trim.front < shortest && equal(a[trim.front], b[trim.front]) &&
         equal(a[trim.front], c[trim.front]))
    ++trim.front;
  while (trim.front + trim.back < shortest &&
         equal(a[a.size() - 1 - trim.back], b[b.size() - 1 - trim.back]) &&
         equal(a[a.size() - 1 - trim.back], c[c.size() - 1 - trim.back]))
    ++trim.back;
  return trim;
}
Lines middle(Lines& lines, const Trim& trim, const MaskScale& scale) {
  Lines part;
  part.reserve(lines.size() - trim.front - trim.back);
  for (std::size_t i = trim.front; i < lines.size() - trim.back; ++i) {
    part.push_back(std::move(lines[i]));
    part.back().masked = mask_text(part.back().raw, scale);
  }
  return part;
}

class Judging {
 public:
  Judging(const LearnedSequence& learned, const Lines& candidate, MaskLedger& masks)
      : learned_(learned), candidate_(candidate), masks_(masks) {}

  std::vector<Hunk> hunks() {
    if (learned_.unordered)
      in_any_order();
    else
      in_order();
    return std::move(hunks_);
  }

 private:
  void in_order() {
    const auto& places = learned_.places;
    const auto matches = align(
        places.size(), candidate_.size(),
        [&](std::size_t i, std::size_t j) { return places[i].fits(candidate_[j]); });
    std::size_t at = 0, line = 0;
    for (const Match& match : matches) {
      gap(at, match.left, line, match.right);
      found(places[match.left], candidate_[match.right]);
      at = match.left + 1;
      line = match.right + 1;
    }
    gap(at, places.size(), line, candidate_.size());
  }

  void gap(std::size_t at, std::size_t end, std::size_t line, std::size_t line_end) {
    Hunk hunk;
    bool anything_goes = false;
    for (; at < end; ++at) {
      const LearnedPlace& place = learned_.places[at];
      if (learned_.required(place)) hunk.before.push_back(place.first);
      anything_goes |= place.optional;
    }
    for (; line < line_end; ++line)
      if (!anything_goes && !is_optional(candidate_[line]))
        hunk.after.push_back(&candidate_[line]);
    if (!hunk.before.empty() || !hunk.after.empty()) hunks_.push_back(std::move(hunk));
  }

  void in_any_order() {
    std::multimap<std::string, std::size_t> by_key;
    for (std::size_t j = 0; j < candidate_.size(); ++j)
      by_key.emplace(candidate_[j].masked.key, j);
    std::vector<bool> used(candidate_.size());
    std::vector<const LearnedPlace*> rest;
    for (const LearnedPlace& place : learned_.places)
      if (!take_by_key(place, by_key, used)) rest.push_back(&place);
    Hunk hunk;
    for (const LearnedPlace* place : rest)
      if (!take_fitting(*place, used) && learned_.required(*place))
        hunk.before.push_back(place->first);
    for (std::size_t j = 0; j < candidate_.size(); ++j)
      if (!used[j] && guesses_ > 0 && !is_optional(candidate_[j]))
        hunk.after.push_back(&candidate_[j]);
    if (!hunk.before.empty() || !hunk.after.empty()) hunks_.push_back(std::move(hunk));
  }
  bool take_by_key(const LearnedPlace& place,
                   std::multimap<std::string, std::size_t>& by_key,
                   std::vector<bool>& used) {
    const auto [begin, end] = by_key.equal_range(place.first->masked.key);
    for (auto it = begin; it != end; ++it) {
      if (!place.fits(candidate_[it->second])) continue;
      used[it->second] = true;
      found(place, candidate_[it->second]);
      by_key.erase(it);
      return true;
    }
    return false;
  }
  bool take_fitting(const LearnedPlace& place, std::vector<bool>& used) {
    if (!place.pattern) return false;
    for (std::size_t j = 0; j < candidate_.size(); ++j) {
      if (used[j]) continue;
      if (guesses_ == 0) return true;
      --guesses_;
      if (!place.fits(candidate_[j])) continue;
      used[j] = true;
      found(place, candidate_[j]);
      return true;
    }
    return false;
  }

  bool is_optional(const Line& line) const {
    return learned_.optional_keys.count(line.masked.key) != 0;
  }

  // Which masks had to hide something for this line to be taken for the other.
  void found(const LearnedPlace& place, const Line& line) {
    if (!place.any_tail && !line.tail_open && !place.first->tail_open &&
        line.tail != place.first->tail)
      masks_.count("broken-pipe");
    if (place.pattern) return;
    const auto& a = place.first->masked.hidden;
    const auto& b = place.second->masked.hidden;
    const auto& c = line.masked.hidden;
    const std::size_t count = std::min({a.size(), b.size(), c.size()});
    for (std::size_t i = 0; i < count; ++i)
      if (a[i].raw != c[i].raw || a[i].raw != b[i].raw)
        masks_.count(a[i].rule, 1, c[i].raw);
  }

  const LearnedSequence& learned_;
  const Lines& candidate_;
  MaskLedger& masks_;
  // Bounds the work on thousands of lines that are other and elsewhere each time. When
  // they are used up, what is left is taken for the noise it nearly always is.
  std::size_t guesses_ = 200'000;
  std::vector<Hunk> hunks_;
};

using Counts = std::map<std::pair<std::string, std::string>, long>;
Counts surplus(const std::vector<Hunk>& hunks, bool traced_only) {
  Counts counts;
  for (const Hunk& hunk : hunks) {
    for (const Line* line : hunk.before)
      if (!traced_only || line->raw.rfind('+', 0) == 0)
        --counts[{line->masked.key, line->tail}];
    for (const Line* line : hunk.after)
      if (!traced_only || line->raw.rfind('+', 0) == 0)
        ++counts[{line->masked.key, line->tail}];
  }
  return counts;
}

bool only_moved(const std::vector<Hunk>& hunks) {
  const Counts counts = surplus(hunks, false);
  return !hunks.empty() && std::all_of(counts.begin(), counts.end(),
                                       [](const auto& it) { return it.second == 0; });
}

// Of lines that changed places all around them is shown: none of them moved alone.
Hunk whole(const Lines& first, const Lines& candidate) {
  Hunk hunk;
  for (const Line& line : first) hunk.before.push_back(&line);
  for (const Line& line : candidate) hunk.after.push_back(&line);
  return hunk;
}

// Traced lines that are on both sides have only changed places.
void drop_moved_traces(std::vector<Hunk>& hunks, MaskLedger& masks) {
  const Counts counts = surplus(hunks, true);
  const auto moved = [&](const Line* line) {
    const auto found = counts.find({line->masked.key, line->tail});
    return line->raw.rfind('+', 0) == 0 && found != counts.end() && found->second == 0;
  };
  for (Hunk& hunk : hunks) {
    const auto dropped = std::count_if(hunk.after.begin(), hunk.after.end(), moved);
    masks.count("trace-order", static_cast<std::uint64_t>(dropped));
    for (auto* side : {&hunk.before, &hunk.after})
      side->erase(std::remove_if(side->begin(), side->end(), moved), side->end());
  }
  hunks.erase(std::remove_if(hunks.begin(), hunks.end(),
                             [](const Hunk& hunk) {
                               return hunk.before.empty() && hunk.after.empty();
                             }),
              hunks.end());
}

}  // namespace

SequenceDifferences compare_sequences(Lines& first, Lines& second, Lines& candidate,
                                      const SequenceRules& rules, MaskLedger& masks) {
  const Trim trim = trim_of(first, second, candidate);
  first = middle(first, trim, rules.scale);
  second = middle(second, trim, rules.scale);
  candidate = middle(candidate, trim, rules.scale);
  SequenceDifferences differences;
  if (first.empty() && second.empty() && candidate.empty()) return differences;
  LearnedSequence learned = learn_sequence(first, second, rules.any_order);
  differences.changed = Judging(learned, candidate, masks).hunks();
  differences.noise = std::move(learned.noise);
  if (rules.traced) drop_moved_traces(differences.changed, masks);
  differences.reordered = only_moved(differences.changed);
  if (differences.reordered) differences.changed = {whole(first, candidate)};
  return differences;
}

}  // namespace hookjournal
