#include "journal/search/text_pattern.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hookjournal {

namespace {

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// Much faster than std::string_view::find.
bool stands_in(std::string_view bytes, std::string_view text) {
  return ::memmem(bytes.data(), bytes.size(), text.data(), text.size()) != nullptr;
}

}  // namespace

TextPattern::TextPattern(std::string text)
    : text_(std::move(text)), exact_(std::ranges::any_of(text_, is_capital)) {}

bool TextPattern::in(std::string_view bytes) const {
  if (exact_) return stands_in(bytes, text_);
  std::string small(bytes);
  for (char& c : small) c = static_cast<char>(c | (is_capital(c) ? 0x20 : 0));
  return stands_in(small, text_);
}

}  // namespace hookjournal
