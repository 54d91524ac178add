#include "replay/commands_not_found.h"

#include <algorithm>

namespace hookjournal {

namespace {

constexpr std::string_view kBetween = ": ";

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Takes the last part off: "qemu: line 3: nosuch" gives "nosuch".
std::string_view take_last(std::string_view& text) {
  const auto at = text.rfind(kBetween);
  if (at == std::string_view::npos) return {};
  const std::string_view last = text.substr(at + kBetween.size());
  text = text.substr(0, at);
  return last;
}

// bash: "PATH: line 3: NAME: command not found", dash: "PATH: 3: NAME: not found",
// busybox: "PATH: line 3: NAME: not found".
std::string_view name_in(std::string_view line) {
  const std::string_view verdict = take_last(line);
  if (verdict != "not found" && verdict != "command not found") return {};
  const std::string_view name = take_last(line);
  std::string_view number = take_last(line);
  if (number.starts_with("line ")) number.remove_prefix(5);
  return is_number(number) ? name : std::string_view();
}

}  // namespace

std::vector<std::string> commands_not_found(std::string_view err) {
  std::vector<std::string> names;
  while (!err.empty()) {
    const auto end = std::min(err.find('\n'), err.size());
    const std::string_view name = name_in(err.substr(0, end));
    if (!name.empty() && std::ranges::find(names, name) == names.end())
      names.emplace_back(name);
    err.remove_prefix(std::min(end + 1, err.size()));
  }
  return names;
}

}  // namespace hookjournal
