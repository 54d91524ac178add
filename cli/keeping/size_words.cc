#include "cli/keeping/size_words.h"

#include <fmt/format.h>

#include <charconv>

namespace hookjournal {

std::optional<std::uint64_t> parse_size(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !(number >= 0) || number > 1e18) return {};
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr std::string_view kUnits = "KMGT";
  if (!unit.empty() && kUnits.find(unit.front()) != std::string_view::npos) {
    for (std::size_t i = 0; i <= kUnits.find(unit.front()); ++i) number *= 1024;
    unit.remove_prefix(1);
    if (unit == "iB") unit = {};
  }
  if (!unit.empty() && unit != "B") return {};
  if (number > 9e18) return {};
  return static_cast<std::uint64_t>(number);
}

std::string size_words(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  return fmt::format("{:.{}f} {}", size, unit == 0 ? 0 : 1, kUnits[unit]);
}

}  // namespace hookjournal
