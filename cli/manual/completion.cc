#include "cli/manual/completion.h"

namespace hookjournal {

ValueKind value_kind(const OptionDescription& option) {
  if (!option.words.empty()) return ValueKind::words;
  const std::string& name = option.names.back();
  const std::string& value = option.is_argument ? name : option.value;
  if (value == "FILE") return ValueKind::files;
  if (value == "DIR") return ValueKind::folders;
  if (name == "--object" || name == "OBJECT") return ValueKind::objects;
  if (value == "ID" || value == "CALL" || value == "N,N..M" || name == "--from-call")
    return ValueKind::calls;
  return ValueKind::other;
}

std::string joined_words(const OptionDescription& option) {
  std::string text;
  for (const std::string& word : option.words) text += (text.empty() ? "" : " ") + word;
  return text;
}

bool takes_list(const OptionDescription& option) {
  return option.value.find(",...") != std::string::npos;
}

std::string short_help(const std::string& help) {
  constexpr std::size_t kLine = 70;
  std::string text;
  for (const char c : help) text += c == '\n' ? ' ' : c;
  if (text.size() <= kLine) return text;
  text.resize(text.find_last_of(' ', kLine));
  return text + " ...";
}

std::string single_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace hookjournal
