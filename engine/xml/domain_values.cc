#include "engine/xml/domain_values.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace hookjournal {

namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return lower(c); });
  return result;
}

bool is_hex(char c) {
  return std::string_view("0123456789abcdef").find(lower(c)) != std::string_view::npos;
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::uint64_t rounded_up(std::uint64_t bytes) {
  return bytes / 1024 + (bytes % 1024 != 0 ? 1 : 0);
}

}  // namespace

std::optional<std::string> parse_uuid(std::string_view text) {
  text = without_blanks(text);
  std::string uuid;
  while (!text.empty()) {
    if (uuid.size() % 2 == 0 && (text[0] == '-' || text[0] == ' ')) {
      text.remove_prefix(1);
      continue;
    }
    if (!is_hex(text[0])) return {};
    uuid += lower(text[0]);
    text.remove_prefix(1);
  }
  if (uuid.size() != 32) return {};
  for (const std::size_t dash : {8UL, 13UL, 18UL, 23UL}) uuid.insert(dash, "-");
  return uuid;
}

std::optional<std::string> parse_mac(std::string_view text) {
  std::string mac;
  for (int part = 0; part < 6; ++part) {
    const auto end = part == 5 ? text.size() : text.find(':');
    if (end == std::string_view::npos || end == 0 || end > 2) return {};
    const std::string digits = lower(text.substr(0, end));
    if (!std::ranges::all_of(digits, is_hex)) return {};
    mac += (part == 0 ? "" : ":") + std::string(2 - digits.size(), '0') + digits;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return mac;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  text = without_blanks(text);
  std::uint64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end) return {};
  return count;
}

std::optional<std::uint64_t> kibibytes(const StrictElement* size) {
  const auto number = size == nullptr ? std::nullopt : parse_count(size->text);
  if (!number) return {};

  const std::string unit = lower(size->attribute("unit").value_or("kib"));
  if (unit == "b" || unit == "byte" || unit == "bytes") return rounded_up(*number);
  const auto power = std::string_view("kmgtpe").find(unit.substr(0, 1));
  const std::string rest = unit.substr(std::min<std::size_t>(1, unit.size()));
  if (unit.empty() || power == std::string_view::npos) return {};
  if (!rest.empty() && rest != "ib" && rest != "b") return {};
  const std::uint64_t base = rest == "b" ? 1000 : 1024;
  std::uint64_t bytes = *number;
  for (std::size_t i = 0; i <= power; ++i)
    if (__builtin_mul_overflow(bytes, base, &bytes)) return {};
  return rounded_up(bytes);
}

bool may_stand_for(std::string_view alias, std::string_view machine) {
  if (alias == "pc") return machine.starts_with("pc-i440fx-");
  if (alias == "q35") return machine.starts_with("pc-q35-");
  if (alias.starts_with("ubuntu")) return machine.starts_with("pc-");
  return machine.starts_with(std::string(alias) + "-");
}

}  // namespace hookjournal
