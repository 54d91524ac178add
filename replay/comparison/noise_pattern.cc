#include "replay/comparison/noise_pattern.h"

#include <algorithm>

#include "replay/comparison/text_mask.h"

namespace hookjournal {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
// Bytes of UTF-8's longer characters are letters.
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Lengths of what begins at the beginning; 0: no such thing.
std::size_t uuid_length(std::string_view text) {
  constexpr std::string_view kForm = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
  if (text.size() < kForm.size()) return 0;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == '-' ? text[i] != '-' : !is_hex(text[i])) return 0;
  return kForm.size();
}
std::size_t run_length(std::string_view text, bool (*of)(char), char also) {
  std::size_t length = 0;
  while (length < text.size() && (of(text[length]) || text[length] == also)) ++length;
  while (length > 0 && text[length - 1] == also && also != ':') --length;
  return length;
}
// Hexadecimal groups with two colons at least; ports have one.
std::size_t colons_length(std::string_view text) {
  const std::size_t length = run_length(text, is_hex, ':');
  const auto colons =
      std::count(text.begin(), text.begin() + static_cast<long>(length), ':');
  if (colons < 2 || (length < text.size() && is_word(text[length]))) return 0;
  return length;
}
std::size_t dotted_length(std::string_view text) {
  const std::size_t length = run_length(text, is_digit, '.');
  if (length < text.size() && is_word(text[length])) return 0;
  return length;
}

std::size_t token_length(std::string_view text) {
  const char first = text.front();
  if (first == kMaskBegin) {
    const std::size_t end = text.find(kMaskEnd);
    return end == std::string_view::npos ? 1 : end + 1;
  }
  if (is_hex(first) || first == ':') {
    if (const std::size_t length = uuid_length(text)) return length;
    if (const std::size_t length = colons_length(text)) return length;
  }
  if (is_digit(first))
    if (const std::size_t length = dotted_length(text)) return length;
  if (!is_word(first)) return 1;
  std::size_t length = 1;
  while (length < text.size() && is_word(text[length])) ++length;
  return length;
}

bool is_wordlike(std::string_view token) {
  return is_word(token.front()) || token.front() == kMaskBegin || token.size() > 1;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && is_blank(text[at])) ++at;
    const std::size_t begin = at;
    bool masked = false;  // its kind may have blanks
    while (at < text.size() && (masked || !is_blank(text[at]))) {
      masked = text[at] == kMaskBegin || (masked && text[at] != kMaskEnd);
      ++at;
    }
    if (at > begin) words.push_back(text.substr(begin, at - begin));
  }
  return words;
}

}  // namespace

std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    const std::size_t length = token_length(text);
    tokens.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return tokens;
}

double likeness(std::string_view one, std::string_view other) {
  const auto a = tokens_of(one), b = tokens_of(other);
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer == 0) return 1;
  const std::size_t shared = std::min(a.size(), b.size());
  std::size_t agreed = 0;
  if (a.size() == b.size()) {
    for (std::size_t i = 0; i < shared; ++i) agreed += a[i] == b[i] ? 1 : 0;
  } else {
    std::size_t front = 0, back = 0;
    while (front < shared && a[front] == b[front]) ++front;
    while (back + front < shared && a[a.size() - 1 - back] == b[b.size() - 1 - back])
      ++back;
    agreed = front + back;
  }
  return static_cast<double>(agreed) / static_cast<double>(longer);
}

NoisePattern::NoisePattern(std::string_view one, std::string_view other) {
  const auto a = words_of(one), b = words_of(other);
  if (a.size() == b.size()) {
    for (std::size_t i = 0; i < a.size(); ++i) begin_.push_back(learn(a[i], b[i]));
    return;
  }
  open_ = true;
  const std::size_t shared = std::min(a.size(), b.size());
  std::size_t front = 0, back = 0;
  while (front < shared && a[front] == b[front])
    begin_.push_back(learn(a[front], b[front])), ++front;
  while (front + back < shared && a[a.size() - 1 - back] == b[b.size() - 1 - back])
    ++back;
  for (std::size_t i = a.size() - back; i < a.size(); ++i)
    end_.push_back(learn(a[i], a[i]));
}

NoisePattern::Word NoisePattern::learn(std::string_view one, std::string_view other) {
  Word word;
  if (one == other) {
    word.text = one;
    return word;
  }
  const auto a = tokens_of(one), b = tokens_of(other);
  bool agreed = false;
  if (a.size() == b.size()) {
    word.kind = Word::Kind::tokens;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const bool equal = a[i] == b[i];
      agreed |= equal && is_wordlike(a[i]);
      word.tokens.push_back(equal ? std::optional<std::string>(a[i]) : std::nullopt);
    }
  } else {
    word.kind = Word::Kind::ends;
    const std::size_t shared = std::min(a.size(), b.size());
    std::size_t front = 0, back = 0;
    for (; front < shared && a[front] == b[front]; ++front) {
      agreed |= is_wordlike(a[front]);
      word.begin += a[front];
    }
    while (front + back < shared && a[a.size() - 1 - back] == b[b.size() - 1 - back])
      ++back;
    for (std::size_t i = a.size() - back; i < a.size(); ++i) {
      agreed |= is_wordlike(a[i]);
      word.end += a[i];
    }
  }
  // Nothing but punctuation in common, as in two random words of base 64.
  if (!agreed) word.kind = Word::Kind::any;
  return word;
}

bool NoisePattern::Word::fits(std::string_view word) const {
  if (kind == Kind::any) return true;
  if (kind == Kind::literal) return word == text;
  if (kind == Kind::ends)
    return word.size() >= begin.size() + end.size() &&
           word.substr(0, begin.size()) == begin &&
           word.substr(word.size() - end.size()) == end;
  const auto have = tokens_of(word);
  return std::equal(have.begin(), have.end(), tokens.begin(), tokens.end(),
                    [](std::string_view token, const auto& wanted) {
                      return !wanted || token == *wanted;
                    });
}

bool NoisePattern::fits(std::string_view text) const {
  const auto words = words_of(text);
  if (open_ ? words.size() < begin_.size() + end_.size() : words.size() != begin_.size())
    return false;
  for (std::size_t i = 0; i < begin_.size(); ++i)
    if (!begin_[i].fits(words[i])) return false;
  for (std::size_t i = 0; i < end_.size(); ++i)
    if (!end_[i].fits(words[words.size() - end_.size() + i])) return false;
  return true;
}

}  // namespace hookjournal
