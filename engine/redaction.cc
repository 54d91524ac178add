#include "engine/redaction.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/xml/xml_entities.h"

namespace hookjournal {

namespace {

constexpr char kFiller = '*';
constexpr std::string_view kAttribute = "passwd";
constexpr std::string_view kXmlBlanks = " \t\r\n";
// Shorter values stand in too many other places by accident.
constexpr std::size_t kLeastSecret = 4;
// A shorter beginning of a secret at the end of a cut stream tells too little.
constexpr std::size_t kLeastBeginning = 3;
// Bytes compared in one stream: some 0.1 s. Passwords of guests need a small part of it;
// a stream that needs more is made to, and loses its rest instead of holding up the hook.
constexpr std::uint64_t kMostCompared = 24 << 20;

// The value of an attribute: begin, end, and whether its closing quote is there.
struct Value {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool closed = true;
};

// The whole hook path is quick because most streams end here: memmem is several times
// faster than string_view::find.
std::size_t find_attribute(std::string_view bytes, std::size_t from) {
  const void* found = ::memmem(bytes.data() + from, bytes.size() - from,
                               kAttribute.data(), kAttribute.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '_' || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// Where a value begins after the name that ends at `at`; npos when none does:
// passwdValidTo='...' is another attribute.
std::size_t value_after(std::string_view bytes, std::size_t at) {
  at = bytes.find_first_not_of(kXmlBlanks, at);
  if (at == std::string_view::npos || bytes[at] != '=') return std::string_view::npos;
  at = bytes.find_first_not_of(kXmlBlanks, at + 1);
  if (at == std::string_view::npos || (bytes[at] != '\'' && bytes[at] != '"'))
    return std::string_view::npos;
  return at + 1;
}

// Without a closing quote a value goes on to the end of its line: then this is no XML.
// (Where the stream was cut, to the end of all: redact() sees to that.)
Value value_at(std::string_view bytes, std::size_t begin) {
  const auto quote = bytes.find(bytes[begin - 1], begin);
  if (quote != std::string_view::npos) return {begin, quote};
  return {begin, std::min(bytes.find('\n', begin), bytes.size()), false};
}

std::vector<Value> passwd_values(std::string_view bytes) {
  std::vector<Value> values;
  std::size_t from = 0;
  for (;;) {
    const auto name = find_attribute(bytes, from);
    if (name == std::string_view::npos) return values;
    from = name + kAttribute.size();
    if (name > 0 && is_name_byte(bytes[name - 1])) continue;
    const auto begin = value_after(bytes, from);
    if (begin == std::string_view::npos) continue;
    values.push_back(value_at(bytes, begin));
    from = values.back().end;
  }
}

bool all_filler(std::string_view bytes) {
  return bytes.find_first_not_of(kFiller) == std::string_view::npos;
}

}  // namespace

// Looks for all secrets at one place of a stream after the other.
class Redactor::Search {
 public:
  Search(const Redactor& known, std::string_view bytes, bool truncated)
      : known_(known),
        bytes_(bytes),
        truncated_(truncated),
        has_entities_(bytes.find('&') != std::string_view::npos) {}

  // Where the longest secret that begins at `at` ends, or `at`.
  std::size_t end_from(std::size_t at) {
    const char plain = bytes_[at];
    const char resolved = plain == '&' ? xml_unit_at(bytes_, at).bytes[0] : plain;
    const std::size_t end = end_from(at, plain);
    return resolved == plain ? end : std::max(end, end_from(at, resolved));
  }

  bool exhausted() const { return compared_ > kMostCompared; }

 private:
  std::size_t end_from(std::size_t at, char first) {
    std::size_t end = at;
    if (!known_.first_bytes_[static_cast<unsigned char>(first)]) return end;
    auto secret = known_.secrets_.lower_bound(std::string_view(&first, 1));
    for (; secret != known_.secrets_.end() && secret->front() == first; ++secret)
      end = std::max(end, end_of(*secret, at));
    return end;
  }

  // Where `secret` ends if it begins at `at`, else `at`. Plain first: a secret that
  // itself reads "&lt;" is not resolved in a plain text.
  std::size_t end_of(std::string_view secret, std::size_t at) {
    const auto end = plain_end_of(secret, at);
    return end == at && has_entities_ ? encoded_end_of(secret, at) : end;
  }

  std::size_t plain_end_of(std::string_view secret, std::size_t at) {
    const std::string_view here = bytes_.substr(at, secret.size());
    const auto differs = std::ranges::mismatch(here, secret).in1;
    compared_ += static_cast<std::size_t>(differs - here.begin()) + 1;
    if (differs != here.end()) return at;
    return here.size() == secret.size() ? at + secret.size() : at_the_cut(at);
  }

  std::size_t encoded_end_of(std::string_view secret, std::size_t at) {
    auto end = at;
    while (!secret.empty()) {
      if (end == bytes_.size()) return at_the_cut(at);
      const XmlUnit unit = xml_unit_at(bytes_, end);
      ++compared_;
      if (!secret.starts_with(unit.view()))
        return end > at && is_cut_entity(end) ? at_the_cut(at) : at;
      secret.remove_prefix(unit.size);
      end += unit.length;
    }
    return end;
  }

  // The stream ends inside a secret that begins at `at`.
  std::size_t at_the_cut(std::size_t at) const {
    return truncated_ && bytes_.size() - at >= kLeastBeginning ? bytes_.size() : at;
  }

  bool is_cut_entity(std::size_t at) const {
    return bytes_[at] == '&' && bytes_.size() - at < kLongestXmlEntity &&
           bytes_.find(';', at) == std::string_view::npos;
  }

  const Redactor& known_;
  std::string_view bytes_;
  bool truncated_;
  bool has_entities_;
  std::uint64_t compared_ = 0;
};

void Redactor::learn(std::string_view bytes) {
  for (const Value& value : passwd_values(bytes))
    add(without_entities(bytes.substr(value.begin, value.end - value.begin)));
}

bool Redactor::add(std::string secret) {
  if (secret.size() < kLeastSecret) return false;
  first_bytes_[static_cast<unsigned char>(secret.front())] = true;
  secrets_.insert(std::move(secret));
  return true;
}

std::uint64_t Redactor::redact(std::string& bytes, bool truncated) const {
  const std::vector<Value> values = passwd_values(bytes);
  if (values.empty() && secrets_.empty()) return 0;

  // Searched in the original, replaced in a copy: secrets may overlap.
  std::string clean = bytes;
  std::uint64_t count = 0;
  const auto replace = [&](std::size_t begin, std::size_t end) {
    if (all_filler(std::string_view(clean).substr(begin, end - begin))) return;
    std::fill(clean.begin() + static_cast<std::ptrdiff_t>(begin),
              clean.begin() + static_cast<std::ptrdiff_t>(end), kFiller);
    ++count;
  };

  for (const Value& value : values)
    replace(value.begin, truncated && !value.closed ? bytes.size() : value.end);

  Search search(*this, bytes, truncated);
  for (std::size_t at = 0; at < bytes.size() && !secrets_.empty(); ++at) {
    const std::size_t end = search.end_from(at);
    if (end > at) replace(at, end);
    if (search.exhausted()) {
      replace(at, bytes.size());
      break;
    }
  }
  bytes = std::move(clean);
  return count;
}

}  // namespace hookjournal
