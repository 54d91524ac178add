#include "replay/comparison/drawn_names.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace hookjournal {
namespace {

// Not what is masked together with its prefix: that is always known by it.
bool is_suffix(const std::string& key, std::size_t mask) {
  constexpr std::string_view kBefore = ".-_";
  return mask > 0 && kBefore.find(key[mask - 1]) != std::string_view::npos;
}

}  // namespace

std::optional<NoisePattern> pattern_of_drawn_names(const MaskedText& one,
                                                   const MaskedText& other) {
  if (one.key != other.key) return std::nullopt;
  // As if the other's names had not been masked: then they are what differs.
  std::string unmasked;
  std::size_t at = 0;
  bool differs = false;
  for (std::size_t i = 0; i < std::min(one.hidden.size(), other.hidden.size()); ++i) {
    const std::size_t begin = other.key.find(kMaskBegin, at);
    const std::size_t end = other.key.find(kMaskEnd, begin);
    if (end == std::string::npos) return std::nullopt;
    const Hidden& hidden = other.hidden[i];
    const bool drawn = std::string_view(hidden.rule) == "temporary-name" &&
                       is_suffix(other.key, begin) && hidden.raw != one.hidden[i].raw;
    unmasked.append(other.key, at, begin - at);
    unmasked += drawn ? hidden.raw : other.key.substr(begin, end + 1 - begin);
    differs |= drawn;
    at = end + 1;
  }
  if (!differs) return std::nullopt;
  return NoisePattern(one.key, unmasked.append(other.key, at));
}

}  // namespace hookjournal
