#include "journal/keeping/anchor.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace hookjournal {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// The value of "name=value" in a line, between blanks.
std::string_view word_after(std::string_view line, std::string_view name) {
  for (std::size_t at = 0; (at = line.find(name, at)) != std::string_view::npos; ++at) {
    if (at > 0 && line[at - 1] != ' ' && line[at - 1] != '\t') continue;
    const std::string_view value = line.substr(at + name.size());
    return value.substr(0, value.find_first_of(" \t\r"));
  }
  return {};
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

std::optional<Anchor> anchor_in(std::string_view line) {
  const std::string_view journal = word_after(line, "journal="),
                         event = word_after(line, "event="),
                         head = word_after(line, "head=");
  Anchor anchor{.journal = std::string(journal), .head = from_hex(head)};
  const auto [end, error] =
      std::from_chars(event.data(), event.data() + event.size(), anchor.event);
  if (error != std::errc() || end != event.data() + event.size()) return {};
  if (anchor.event < 1 || !is_hex(journal, 32) || !is_hex(head, 64)) return {};
  return anchor;
}

}  // namespace

std::string anchor_words(const Anchor& anchor) {
  return "journal=" + anchor.journal + " event=" + std::to_string(anchor.event) +
         " head=" + to_hex(anchor.head);
}

std::vector<Anchor> anchors_in(std::string_view text) {
  std::vector<Anchor> anchors;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto anchor = anchor_in(text.substr(0, end))) anchors.push_back(*anchor);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return anchors;
}

}  // namespace hookjournal
