#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/output.h"
#include "journal/records.h"

namespace hookjournal {

// "6,120 bytes, of which the first 4,096 were kept, 2 secrets replaced"
std::string stream_words(const StoredStream& stream);

// How much of a text is shown: its first and its last lines. What went wrong mostly
// stands at the end.
struct Excerpt {
  std::size_t first = 0, last = 0;
};

// Writes `bytes` as lines "  | text", made visible, each after `indent`. `rest`: the
// command that gives all of it, named when something is left out.
void write_excerpt(Output& output, std::string_view bytes, const Excerpt& excerpt,
                   const std::string& indent, const std::string& rest);

}  // namespace hookjournal
