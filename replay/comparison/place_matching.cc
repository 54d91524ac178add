#include "replay/comparison/place_matching.h"

#include <algorithm>
#include <map>
#include <utility>

#include "replay/comparison/drawn_names.h"
#include "replay/comparison/noise_pattern.h"

namespace hookjournal {
namespace {

std::vector<MaskedText> masked(const std::vector<std::string>& names,
                               const MaskScale& scale) {
  std::vector<MaskedText> all;
  all.reserve(names.size());
  for (const std::string& name : names) all.push_back(mask_text(name, scale));
  return all;
}

class Matching {
 public:
  Matching(const Legs<std::vector<std::string>>& names, Findings& findings)
      : findings_(findings),
        first_(masked(names.first, findings.scale)),
        second_(masked(names.second, findings.scale)),
        candidate_(masked(names.candidate, findings.scale)) {}

  std::vector<MatchedPlace> result() {
    by_key(&MatchedPlace::first, first_);
    by_key(&MatchedPlace::second, second_);
    by_key(&MatchedPlace::candidate, candidate_);
    part_others();
    by_drawn_names();
    by_likeness();
    places_.erase(std::remove_if(places_.begin(), places_.end(),
                                 [](const MatchedPlace& place) {
                                   return !place.first && !place.second &&
                                          !place.candidate;
                                 }),
                  places_.end());
    for (const MatchedPlace& place : places_) count(place);
    return std::move(places_);
  }

 private:
  using Number = std::optional<std::size_t> MatchedPlace::*;

  void by_key(Number leg, const std::vector<MaskedText>& names) {
    std::map<std::string, std::size_t> times;
    for (std::size_t i = 0; i < names.size(); ++i) {
      auto& of_key = of_key_[names[i].key];
      const std::size_t nth = times[names[i].key]++;
      if (nth == of_key.size()) {
        of_key.push_back(places_.size());
        places_.emplace_back();
      }
      places_[of_key[nth]].*leg = i;
    }
  }

  // What both old legs name alike, and the candidate so that it cannot be the same.
  void part_others() {
    for (std::size_t i = 0, count = places_.size(); i < count; ++i) {
      MatchedPlace& place = places_[i];
      if (!place.first || !place.second || !place.candidate) continue;
      const auto& first = first_[*place.first].hidden;
      const bool agreed = same_raw(first, second_[*place.second].hidden);
      if (!agreed || plausible(first, candidate_[*place.candidate].hidden)) continue;
      MatchedPlace other;
      other.candidate = std::exchange(place.candidate, std::nullopt);
      places_.push_back(other);
    }
  }
  static bool same_raw(const std::vector<Hidden>& one, const std::vector<Hidden>& other) {
    return std::ranges::equal(one, other, {}, &Hidden::raw, &Hidden::raw);
  }

  // Before likeness: these are the same place for sure.
  void by_drawn_names() {
    for (MatchedPlace& place : places_) {
      if (!place.first || !place.second || place.candidate) continue;
      const auto pattern =
          pattern_of_drawn_names(first_[*place.first], second_[*place.second]);
      if (pattern) find_candidate(place, *pattern);
    }
  }
  // What only one of the baseline legs has may be what the other calls otherwise.
  void by_likeness() {
    for (MatchedPlace& place : places_) {
      if (!place.first || place.second) continue;
      MatchedPlace* twin = likest(first_[*place.first].key);
      if (twin == nullptr) continue;
      place.second = std::exchange(twin->second, std::nullopt);
      place.other_names = true;
      if (!place.candidate)
        place.candidate = std::exchange(twin->candidate, std::nullopt);
      if (!place.candidate)
        find_candidate(place, {first_[*place.first].key, second_[*place.second].key});
    }
  }
  MatchedPlace* likest(const std::string& name) {
    double best = 0.5;
    MatchedPlace* found = nullptr;
    for (MatchedPlace& other : places_) {
      if (other.first || !other.second) continue;
      if (guesses_ == 0) break;
      --guesses_;
      const double alike = likeness(name, second_[*other.second].key);
      if (alike < best || (found != nullptr && alike == best)) continue;
      best = alike;
      found = &other;
    }
    return found;
  }
  void find_candidate(MatchedPlace& place, const NoisePattern& pattern) {
    for (MatchedPlace& other : places_) {
      if (other.first || other.second || !other.candidate) continue;
      if (!pattern.fits(candidate_[*other.candidate].key)) continue;
      place.candidate = std::exchange(other.candidate, std::nullopt);
      return;
    }
  }

  void count(const MatchedPlace& place) {
    if (!place.first || !place.candidate) return;
    const auto& was = first_[*place.first].hidden;
    const auto& is = candidate_[*place.candidate].hidden;
    for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i)
      if (was[i].raw != is[i].raw) findings_.masks.count(was[i].rule, 1, is[i].raw);
  }

  Findings& findings_;
  std::vector<MaskedText> first_, second_, candidate_;
  std::vector<MatchedPlace> places_;
  std::size_t guesses_ = 20'000;  // bounds the work on thousands of random names
  std::map<std::string, std::vector<std::size_t>> of_key_;
};

}  // namespace

std::vector<MatchedPlace> match_places(const Legs<std::vector<std::string>>& names,
                                       Findings& findings) {
  return Matching(names, findings).result();
}

}  // namespace hookjournal
