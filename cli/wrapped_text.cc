#include "cli/wrapped_text.h"

#include <algorithm>

#include "cli/escape.h"

namespace hookjournal {

namespace {
constexpr std::size_t kWidth = 78;
}

void write_wrapped(Output& output, const std::string& words, const std::string& first,
                   const std::string& indent, Style style) {
  std::string line = first;
  bool empty = true;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string word = words.substr(at, end - at);
    if (!empty && display_width(line) + 1 + display_width(word) > kWidth) {
      output.text(line + "\n", style);
      line = indent;
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
    at = end + 1;
  }
  output.text(line + "\n", style);
}

}  // namespace hookjournal
