#include "replay/comparison/output_comparison.h"

#include <algorithm>

#include "engine/xml/xml_difference.h"
#include "replay/comparison/noise_pattern.h"
#include "replay/comparison/text_comparison.h"

namespace hookjournal {
namespace {

using Output = std::optional<std::string>;

// An empty output is not the same as none that counts, which is said.
std::string told(const Output& output) { return output.value_or(""); }

// Without those that are masked.
std::vector<XmlDifference> unmasked(const std::vector<XmlDifference>& differences,
                                    const MaskScale& scale, bool any_moment,
                                    MaskLedger& masks) {
  std::vector<XmlDifference> kept;
  for (const XmlDifference& difference : differences) {
    const MaskedText before = mask_text(difference.before, scale);
    const MaskedText after = mask_text(difference.after, scale);
    const bool hidden = difference.kind == XmlDifference::Kind::changed &&
                        before.key == after.key &&
                        (any_moment || plausible(before.hidden, after.hidden));
    if (!hidden) kept.push_back(difference);
    for (std::size_t i = 0; hidden && i < before.hidden.size(); ++i)
      if (before.hidden[i].raw != after.hidden[i].raw)
        masks.count(before.hidden[i].rule, 1, after.hidden[i].raw);
  }
  return kept;
}

// tinyxml2 overlooks text around the root element, which makes libvirt refuse it all.
bool is_element(const std::string& text) {
  constexpr const char* kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first != std::string::npos && text[first] == '<' &&
         text[text.find_last_not_of(kBlanks)] == '>';
}

std::optional<std::vector<XmlDifference>> compare_elements(const std::string& before,
                                                           const std::string& after) {
  if (!is_element(before) || !is_element(after)) return std::nullopt;
  return compare_xml(before, after);
}

bool is_below(const std::string& path, const std::string& above) {
  return path.size() > above.size() && path.compare(0, above.size(), above) == 0 &&
         path[above.size()] == '/';
}

bool is_noise(const XmlDifference& difference, const std::vector<XmlDifference>& noise) {
  return std::any_of(noise.begin(), noise.end(), [&](const XmlDifference& known) {
    if (known.kind != XmlDifference::Kind::changed)
      return difference.path == known.path || is_below(difference.path, known.path);
    return difference.path == known.path && difference.kind == known.kind &&
           NoisePattern(known.before, known.after).fits(difference.after);
  });
}

std::vector<Difference> told(const Spot& spot,
                             const std::vector<XmlDifference>& differences) {
  constexpr std::size_t kMost = 60;
  std::vector<Difference> made;
  for (const XmlDifference& difference : differences) {
    if (made.size() == kMost) break;
    Spot here = spot;
    here.place = difference.path;
    std::string before = difference.before, after = difference.after;
    if (difference.kind == XmlDifference::Kind::moved) {
      before.insert(0, "place ");
      after.insert(0, "place ");
    }
    made.push_back(here.difference(std::move(before), std::move(after)));
  }
  return made;
}

}  // namespace

void compare_output(const Spot& spot, const Legs<const Output*>& outputs,
                    Findings& findings) {
  const auto words = [](const Output& output) { return told(output); };
  if (!differ_inside(spot, outputs, words, findings)) return;
  const Output &first = *outputs.first, &second = *outputs.second,
               &candidate = *outputs.candidate;
  auto noise = compare_elements(*first, *second);
  auto changed = compare_elements(*first, *candidate);
  if (!noise || !changed) {
    const TextDifferences found =
        compare_text(spot, {&*first, &*second, &*candidate}, false, findings);
    return findings.add(found.changed, found.noise);
  }
  *noise = unmasked(*noise, findings.scale, false, findings.masks);
  *changed = unmasked(*changed, findings.scale, false, findings.masks);
  changed->erase(
      std::remove_if(changed->begin(), changed->end(),
                     [&](const XmlDifference& it) { return is_noise(it, *noise); }),
      changed->end());
  findings.add(told(spot, *changed), told(spot, *noise));
}

std::vector<Difference> output_drift(const Spot& spot, const Output& recorded,
                                     const Output& now, MaskLedger& masks,
                                     const MaskScale& scale) {
  if (recorded == now) return {};
  if (!recorded || !now) return {spot.difference(told(recorded), told(now))};
  if (const auto found = compare_elements(*recorded, *now))
    return told(spot, unmasked(*found, scale, true, masks));
  if (mask_text(*recorded, scale).key == mask_text(*now, scale).key) return {};
  return {spot.difference(*recorded, *now)};
}

}  // namespace hookjournal
