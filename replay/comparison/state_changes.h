#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "replay/comparison/place_matching.h"

// What files and objects of the network have in common: legs list only what they changed,
// each with its state before and after.
namespace hookjournal {

// Those that no rule leaves out. `name` and `same` tell a change's name and whether it is
// one with another.
template <class Change, class Name>
std::vector<const Change*> without_ignored(Field field,
                                           const std::vector<Change>& changes,
                                           const std::vector<Change>& others, Name name,
                                           Findings& findings) {
  std::vector<const Change*> kept;
  for (const Change& change : changes) {
    const std::string* rule = findings.ignore.rule_for(field, name(change));
    if (rule == nullptr)
      kept.push_back(&change);
    else if (std::find(others.begin(), others.end(), change) == others.end())
      findings.masks.count(*rule, 1, name(change));
  }
  return kept;
}

// Of one place in three legs. A leg that did not touch it has left it in the state in
// which the others found it.
template <class Change>
struct PlaceStates {
  using State = decltype(Change::after);
  const Change *first = nullptr, *second = nullptr, *candidate = nullptr;
  bool other_names = false;

  const Change& any() const {
    return first != nullptr ? *first : second != nullptr ? *second : *candidate;
  }
  const State& state(const Change* leg) const {
    return leg != nullptr ? leg->after : any().before;
  }
};

// A name that is other each time is noise, also where all else is equal.
template <class Change, class Name>
void note_other_names(const Spot& spot, const PlaceStates<Change>& states, Name name,
                      Findings& findings) {
  if (states.other_names)
    findings.noise.push_back(spot.difference(name(*states.first), name(*states.second)));
}

template <class Change, class Name>
std::vector<PlaceStates<Change>> match_changes(
    Field field, const Legs<const std::vector<Change>*>& changes, Name name,
    Findings& findings) {
  const Legs<std::vector<const Change*>> kept{
      without_ignored(field, *changes.first, *changes.candidate, name, findings),
      without_ignored(field, *changes.second, *changes.first, name, findings),
      without_ignored(field, *changes.candidate, *changes.first, name, findings)};
  const auto names = [&](const std::vector<const Change*>& leg) {
    std::vector<std::string> all;
    all.reserve(leg.size());
    for (const Change* change : leg) all.push_back(name(*change));
    return all;
  };
  std::vector<PlaceStates<Change>> matched;
  for (const MatchedPlace& place : match_places(
           {names(kept.first), names(kept.second), names(kept.candidate)}, findings)) {
    PlaceStates<Change> states;
    states.other_names = place.other_names;
    if (place.first) states.first = kept.first[*place.first];
    if (place.second) states.second = kept.second[*place.second];
    if (place.candidate) states.candidate = kept.candidate[*place.candidate];
    matched.push_back(states);
  }
  return matched;
}

}  // namespace hookjournal
