#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// Splits into words, numbers, addresses (IPv4, IPv6, MAC), UUIDs, masked parts and single
// other characters.
std::vector<std::string_view> tokens_of(std::string_view text);

// How much alike two texts are: the share of tokens of the longer that they agree on at
// the same distance from the beginning or the end. 0 to 1.
double likeness(std::string_view one, std::string_view other);

// What two texts of the same place agree on. What they do not agree on is noise, token by
// token: of "seq 17 port 8080" and "seq 18 port 8080" the port stays.
class NoisePattern {
 public:
  NoisePattern(std::string_view one, std::string_view other);
  // Whether `text` differs in the noise only.
  bool fits(std::string_view text) const;

 private:
  // Between blanks.
  struct Word {
    enum class Kind { literal, any, tokens, ends };
    Kind kind = Kind::literal;
    std::string text;                                // of a literal
    std::vector<std::optional<std::string>> tokens;  // nothing: noise
    std::string begin, end;                          // of ends: noise between
    bool fits(std::string_view word) const;
  };
  static Word learn(std::string_view one, std::string_view other);

  std::vector<Word> begin_, end_;
  bool open_ = false;  // any words between the two
};

}  // namespace hookjournal
