#pragma once

#include <optional>

#include "replay/comparison/noise_pattern.h"
#include "replay/comparison/text_mask.h"

namespace hookjournal {

// What fits two texts of one key whose temporary names differ, whatever name is drawn the
// next time: one in four that mktemp draws has no digit and looks like a word, so that it
// is not masked. Nothing when no such name differs.
std::optional<NoisePattern> pattern_of_drawn_names(const MaskedText& one,
                                                   const MaskedText& other);

}  // namespace hookjournal
