#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/redaction.h"
#include "journal/facts.h"

namespace hookjournal {

// What is kept of a stream as it passes: the first `cap` bytes and the true length.
class Capture {
 public:
  explicit Capture(std::size_t cap) : cap_(cap) {}

  // Returns the part of `bytes` that is kept.
  std::string_view add(std::string_view bytes) {
    stream_.length += bytes.size();
    const std::string_view kept =
        bytes.substr(0, std::min(bytes.size(), cap_ - stream_.bytes.size()));
    stream_.bytes.append(kept);
    stream_.truncated = stream_.length > stream_.bytes.size();
    return kept;
  }

  // For one that was given the kept part only: how much there was.
  void passed_in_all(std::uint64_t length) {
    stream_.length = length;
    stream_.truncated = length > stream_.bytes.size();
  }

  const KeptStream& stream() const { return stream_; }
  KeptStream& stream() { return stream_; }

 private:
  std::size_t cap_;
  KeptStream stream_;
};

// Passwords in the part of an input that is not kept: a script may print them.
class UnkeptSecrets {
 public:
  // `kept`: the part before it, whose end may hold the beginning of one.
  void pass(std::string_view kept, std::string_view unkept);
  const std::set<std::string, std::less<>>& all() const { return found_.secrets(); }

 private:
  std::string end_;  // of what passed
  Redactor found_;
};

// A run's three streams; redaction is over all of them, as each may repeat the others.
struct CapturedStreams {
  explicit CapturedStreams(std::size_t cap) : in(cap), out(cap), err(cap) {}
  // A whole one.
  void take_input(std::string_view bytes);

  Capture in, out, err;
  bool has_input = false;                    // not /dev/null
  bool input_complete = false;               // its end was seen
  std::vector<std::string> further_secrets;  // that stand in none of what is kept
};

// Replaces secrets in what was kept, once, before it is written anywhere.
void redact(CapturedStreams& streams);

}  // namespace hookjournal
