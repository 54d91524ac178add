#include "cli/escape.h"

#include <algorithm>
#include <iterator>
#include <random>

#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using namespace std::string_literals;

TEST_CASE("what could move a terminal is shown as digits", "[cli]") {
  struct Row {
    std::string bytes, shown;
  };
  const Row rows[] = {
      {"plain text", "plain text"},
      {"", ""},
      {"\x1b[31mred", "\\x1b[31mred"},
      {"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
      {"a\0b"s, "a\\x00b"},
      {"a\rb\x7f", "a\\x0db\\x7f"},
      {"two\nlines\tand", "two\\x0alines\\x09and"},
      {"backslash \\x1b", "backslash \\x1b"},
      {"g\xc3\xa4st \xe2\x82\xac \xf0\x9f\x90\xa7",
       "g\xc3\xa4st \xe2\x82\xac \xf0\x9f\x90\xa7"},
      {"\xc2\x9b"
       "31m",
       "\\u{9b}31m"},  // CSI as one character
      {"\x9b"
       "31m",
       "\\x9b31m"},                                          // and as one byte
      {"\xe2\x80\xaegnp.exe", "\\u{202e}gnp.exe"},           // right to left
      {"\xe2\x81\xa6x\xe2\x81\xa9", "\\u{2066}x\\u{2069}"},  // isolates
      {"a\xe2\x80\x8b"
       "b",
       "a\\u{200b}b"},                               // no width
      {"\xef\xbb\xbfx", "\\u{feff}x"},               // byte order mark
      {"\xe2\x80\xa8", "\\u{2028}"},                 // line separator
      {"\xf3\xa0\x81\x81", "\\u{e0041}"},            // tag
      {"\xff\xfe", "\\xff\\xfe"},                    // no UTF-8 at all
      {"\xc0\x80", "\\xc0\\x80"},                    // NUL, overlong
      {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},           // slash, overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // a surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond Unicode
      {"cut \xe2\x82", "cut \\xe2\\x82"},
  };
  for (const Row& row : rows) CHECK(visible(row.bytes) == row.shown);
}

TEST_CASE("newlines and tabs stay where lines are asked for, and nothing else", "[cli]") {
  CHECK(visible("a\tb\nc\r\n", Keep::lines) == "a\tb\nc\\x0d\n");
}

// Whether a terminal could take a part of `text` for anything but letters.
bool is_harmless(const std::string& text, bool lines) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool line = lines && (byte == '\n' || byte == '\t');
    if ((byte < 0x20 && !line) || byte == 0x7f) return false;
    if (byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0)
      return false;  // C1
  }
  return true;
}

// Bytes that often come close to something: UTF-8 leads and tails, controls.
std::string random_bytes(std::mt19937& random) {
  constexpr unsigned char kSpice[] = {0x1b, 0x9b, 0xc2, 0xe2, 0x80, 0xae, 0xf0, 0xff,
                                      0x0a, 0x09, 0x7f, 0x00, 0x85, 0xed, 0xa0, 0xf4};
  std::string bytes(random() % 40, '\0');
  for (char& byte : bytes)
    byte = static_cast<char>(random() % 2 ? kSpice[random() % std::size(kSpice)]
                                          : random() % 256);
  return bytes;
}

TEST_CASE("no bytes at all get through as a control", "[cli]") {
  std::mt19937 random(20261122);
  for (int i = 0; i < 50'000; ++i) {
    const std::string bytes = random_bytes(random);
    const std::string strict = visible(bytes), lines = visible(bytes, Keep::lines);
    REQUIRE(is_harmless(strict, false));
    REQUIRE(is_harmless(lines, true));
    REQUIRE(visible(strict) == strict);  // and it is UTF-8
    REQUIRE(
        std::ranges::all_of(ascii_only(lines), [](char c) { return c > 0 && c < 0x7f; }));
  }
}

TEST_CASE("every single byte is either a printable letter or digits", "[cli]") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string shown = visible(std::string(1, static_cast<char>(byte)));
    const bool printable = byte >= 0x20 && byte < 0x7f;
    CHECK(shown.size() == (printable ? 1 : 4));
  }
}

TEST_CASE("a terminal without UTF-8 gets letters beyond ASCII as digits", "[cli]") {
  CHECK(ascii_only("g\xc3\xa4st\n") == "g\\u{e4}st\n");
}

TEST_CASE("widths are those of a terminal's columns", "[cli]") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("g\xc3\xa4st") == 4);
  CHECK(display_width("a\xcc\x88") == 1);                 // a and a combining diaeresis
  CHECK(display_width("\xe4\xb8\xad\xe6\x96\x87") == 4);  // two wide characters
}

TEST_CASE("a cut text fits and says that it is cut", "[cli]") {
  CHECK(cut_to_width("abcdef", 6) == "abcdef");
  CHECK(cut_to_width("abcdefg", 6) == "abc...");
  CHECK(cut_to_width("\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad", 5) == "\xe4\xb8\xad...");
  CHECK(cut_to_width("abcdefg", 2) == "..");
}

}  // namespace
}  // namespace hookjournal
