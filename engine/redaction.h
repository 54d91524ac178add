#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace hookjournal {

// Console passwords: the input of `migrate` and `restore` carries them as passwd='...',
// and a script may repeat them in what it prints. They are replaced before anything is
// written, by as many '*': lengths, offsets and the XML around them stay as they were.
//
// Knows no XML: the bytes may be cut anywhere, or be no XML at all. When in doubt it
// replaces too much. First learn() from all streams of a run, then redact() each.
class Redactor {
 public:
  // Takes in the values of a stream's passwd attributes.
  void learn(std::string_view bytes);
  // One that stands in no attribute. False when it is too short to be looked for.
  bool add(std::string secret);

  // What is looked for everywhere, without XML entities.
  const std::set<std::string, std::less<>>& secrets() const { return secrets_; }

  // Replaces in `bytes` the values of passwd attributes, and every repetition of what was
  // learnt, plain or with XML entities. Learnt values under four bytes are replaced only
  // in the attribute: taking every "a" for a secret would ruin the record. `truncated`:
  // the stream went on beyond `bytes`, so its end may hold the beginning of a secret.
  // Returns how many were replaced; doing it again changes nothing and returns 0.
  std::uint64_t redact(std::string& bytes, bool truncated) const;

 private:
  class Search;
  std::set<std::string, std::less<>> secrets_;  // without XML entities
  std::array<bool, 256> first_bytes_{};         // of all secrets
};

}  // namespace hookjournal
