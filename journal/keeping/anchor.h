#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sha256.h"

namespace hookjournal {

// A journal's head, to be noted where whoever rewrites the journal cannot reach it: the
// digest of its last event, which all events before it have made.
struct Anchor {
  std::string journal;     // the journal's UUID, 32 hexadecimal digits
  std::int64_t event = 0;  // the last then
  Digest head{};
};

// "journal=… event=… head=…": words that may stand anywhere in a line, so that a system
// log can be handed to `verify` as it is.
std::string anchor_words(const Anchor& anchor);

// The anchors in a text, in its order. Lines without these words are not about us.
std::vector<Anchor> anchors_in(std::string_view text);

}  // namespace hookjournal
