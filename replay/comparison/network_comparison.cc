#include "replay/comparison/network_comparison.h"

#include "replay/comparison/state_changes.h"
#include "replay/comparison/text_comparison.h"

namespace hookjournal {
namespace {

using State = std::optional<std::string>;

// An object without properties is there all the same.
std::string told(const State& state) {
  if (!state) return "";
  return state->empty() ? "there" : *state;
}

void compare_states(const Spot& spot, const Legs<const State*>& states,
                    Findings& findings) {
  if (!differ_inside(spot, states, told, findings)) return;
  const TextDifferences found = compare_text(
      spot, {&**states.first, &**states.second, &**states.candidate}, false, findings);
  findings.add(found.changed, found.noise);
}

}  // namespace

void compare_network(Field field, const std::string& script,
                     const Legs<const std::vector<NetworkChange>*>& network,
                     Findings& findings) {
  if (*network.first == *network.second && *network.first == *network.candidate) return;
  const auto object = [](const NetworkChange& change) { return change.object; };
  for (const auto& place : match_changes(Field::network, network, object, findings)) {
    const Spot spot{field, script, place.any().object};
    note_other_names(spot, place, object, findings);
    compare_states(spot,
                   {&place.state(place.first), &place.state(place.second),
                    &place.state(place.candidate)},
                   findings);
  }
}

}  // namespace hookjournal
