#include "replay/comparison/temporary_name.h"

#include <cstdint>

namespace hookjournal {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alnum(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }

std::size_t alnums(std::string_view text, std::size_t from) {
  std::size_t count = 0;
  while (from + count < text.size() && is_alnum(text[from + count])) ++count;
  return count;
}

// What follows ends the name's part.
bool ends(std::string_view text, std::size_t at) {
  return at >= text.size() || (!is_alnum(text[at]) && text[at] != '_');
}

struct Letters {
  bool digits = false, lower = false, upper = false;
};
Letters letters_of(std::string_view word) {
  Letters found;
  for (char c : word) {
    found.digits |= is_digit(c);
    found.lower |= is_lower(c);
    found.upper |= is_upper(c);
  }
  return found;
}

// Whether the word around `at` is a path where temporary files live.
bool in_place_for_temporary_files(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && text[begin - 1] != ' ' && text[begin - 1] != '\'' &&
         text[begin - 1] != '"' && text[begin - 1] != '=')
    --begin;
  const std::string_view path = text.substr(begin, at - begin);
  constexpr std::string_view kPlaces[] = {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/",
                                          "/var/run/"};
  for (std::string_view place : kPlaces)
    if (path.size() > place.size() && path.find(place) != std::string_view::npos)
      return true;
  return false;
}

std::optional<TemporaryPart> mktemp_default(std::string_view text, std::size_t begin) {
  if (text.compare(begin, 4, "tmp.") != 0) return std::nullopt;
  const std::size_t length = alnums(text, begin + 4);
  if (length < 6 || length > 16 || !ends(text, begin + 4 + length)) return std::nullopt;
  const Letters letters = letters_of(text.substr(begin + 4, length));
  if (!letters.upper && !letters.digits) return std::nullopt;
  return TemporaryPart{begin + 4 + length, "temporary-name", "temporary:tmp."};
}

std::optional<TemporaryPart> python_default(std::string_view text, std::size_t begin) {
  constexpr std::size_t kChosen = 8;
  if (begin == 0 || text[begin - 1] != '/' || text.compare(begin, 3, "tmp") != 0)
    return std::nullopt;
  std::size_t length = 0;
  while (begin + 3 + length < text.size() &&
         (is_lower(text[begin + 3 + length]) || is_digit(text[begin + 3 + length]) ||
          text[begin + 3 + length] == '_'))
    ++length;
  if (length != kChosen || !ends(text, begin + 3 + length)) return std::nullopt;
  return TemporaryPart{begin + 3 + length, "temporary-name", "temporary:tmp"};
}

// `begin` is at the dot or dash before the part.
std::optional<TemporaryPart> suffix(std::string_view text, std::size_t begin) {
  const std::size_t length = alnums(text, begin + 1);
  if (length < 2 || length > 16 || !ends(text, begin + 1 + length)) return std::nullopt;
  const std::string_view word = text.substr(begin + 1, length);
  const Letters letters = letters_of(word);
  const bool pid = text[begin] == '.' && letters.digits && !letters.lower &&
                   !letters.upper && length <= 7;
  const bool chance = length >= 6 && letters.digits && letters.lower && letters.upper;
  if (!pid && !chance) return std::nullopt;
  if (!in_place_for_temporary_files(text, begin)) return std::nullopt;
  // An address, a version: more than one number between dots.
  if (pid && begin > 0 && is_digit(text[begin - 1])) return std::nullopt;
  if (pid) return TemporaryPart{begin + 1 + length, "pid", "pid:."};
  return TemporaryPart{begin + 1 + length, "temporary-name", "temporary:."};
}

}  // namespace

std::optional<TemporaryPart> temporary_part_at(std::string_view text, std::size_t begin) {
  const char first = text[begin];
  const char before = begin > 0 ? text[begin - 1] : ' ';
  if (first == 't' && !is_alnum(before) && before != '_') {
    if (auto found = mktemp_default(text, begin)) return found;
    return python_default(text, begin);
  }
  if ((first == '.' || first == '-' || first == '_') && is_alnum(before))
    return suffix(text, begin);
  return std::nullopt;
}

}  // namespace hookjournal
