#include "cli/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace hookjournal {

namespace {

struct Range {
  char32_t first, last;
};

// Not to be shown as themselves, beyond the control bytes.
constexpr Range kHidden[] = {
    {0x7f, 0x9f},        // DEL and C1
    {0xad, 0xad},        // soft hyphen
    {0x34f, 0x34f},      // combining grapheme joiner
    {0x61c, 0x61c},      // Arabic letter mark
    {0x115f, 0x1160},    // Hangul fillers
    {0x17b4, 0x17b5},    // invisible Khmer vowels
    {0x180b, 0x180f},    // Mongolian selectors and separator
    {0x200b, 0x200f},    // zero width, marks of direction
    {0x2028, 0x202e},    // line and paragraph separator, embeddings and overrides
    {0x2060, 0x206f},    // word joiner, isolates, deprecated format characters
    {0x3164, 0x3164},    // Hangul filler
    {0xfe00, 0xfe0f},    // variation selectors
    {0xfeff, 0xfeff},    // byte order mark
    {0xffa0, 0xffa0},    // halfwidth Hangul filler
    {0xfff0, 0xfffb},    // interlinear annotations and unassigned specials
    {0xfffe, 0xffff},    // no characters
    {0x1d173, 0x1d17a},  // musical format characters
    {0xe0000, 0xe0fff},  // tags, further variation selectors
    {0x10fffe, 0x10ffff},
};

constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

constexpr Range kCombining[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
    {0x610, 0x61a},   {0x64b, 0x65f},   {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f},
};

template <std::size_t size>
bool among(const Range (&ranges)[size], char32_t c) {
  return std::ranges::any_of(
      ranges, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

struct Character {
  char32_t code;
  std::size_t length;  // in bytes
};

// The character `bytes` begin with. Nothing when they are no UTF-8: cut short, overlong,
// a surrogate or beyond Unicode.
std::optional<Character> first_character(std::string_view bytes) {
  const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return {};
  char32_t code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (at(i) & 0x3fu);
  }
  if (code < kSmallest[length] || code > 0x10ffff) return {};
  if (code >= 0xd800 && code <= 0xdfff) return {};
  return Character{code, length};
}

void append_code(std::string& text, char32_t code) {
  fmt::format_to(std::back_inserter(text), "\\u{{{:x}}}", static_cast<unsigned>(code));
}

void append_byte(std::string& text, char byte) {
  fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(byte));
}

std::size_t width_of(char32_t code) {
  if (among(kCombining, code)) return 0;
  return among(kWide, code) ? 2 : 1;
}

}  // namespace

std::string visible(std::string_view bytes, Keep keep) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto character = first_character(bytes);
    const std::size_t length = character ? character->length : 1;
    const char32_t code = character ? character->code : 0;
    const bool line = keep == Keep::lines && (code == '\n' || code == '\t');
    if (line || (code >= 0x20 && !among(kHidden, code)))
      text += bytes.substr(0, length);
    else if (code < 0x80)  // no UTF-8, or a control byte
      append_byte(text, bytes[0]);
    else
      append_code(text, code);
    bytes.remove_prefix(length);
  }
  return text;
}

std::string ascii_only(std::string_view text) {
  std::string ascii;
  while (!text.empty()) {
    const auto character = first_character(text);
    const std::size_t length = character ? character->length : 1;
    if (!character)
      append_byte(ascii, text[0]);
    else if (character->code < 0x80)
      ascii += text[0];
    else
      append_code(ascii, character->code);
    text.remove_prefix(length);
  }
  return ascii;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto character = first_character(text);
    width += character ? width_of(character->code) : 1;
    text.remove_prefix(character ? character->length : 1);
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const std::string_view mark = std::string_view("...").substr(0, width);
  std::size_t used = mark.size(), end = 0;
  while (end < text.size()) {
    const auto character = first_character(text.substr(end));
    const std::size_t next = character ? width_of(character->code) : 1;
    if (used + next > width) break;
    used += next;
    end += character ? character->length : 1;
  }
  return std::string(text.substr(0, end)).append(mark);
}

}  // namespace hookjournal
