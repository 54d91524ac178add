#include "cli/manual/completion.h"

namespace hookjournal {

namespace {

// For a word of _arguments' and _describe's: colons and brackets mean something there.
std::string zsh_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// ":MESSAGE:ACTION" of a value, "" for a flag.
std::string zsh_value(const OptionDescription& option) {
  const std::string name = option.is_argument ? option.names[0] : option.value;
  if (name.empty()) return {};
  std::string action = " ";
  switch (value_kind(option)) {
    case ValueKind::other:
      break;
    case ValueKind::words:
      action = takes_list(option) ? "_sequence compadd - " + joined_words(option)
                                  : "(" + joined_words(option) + ")";
      break;
    case ValueKind::files:
      action = "_files";
      break;
    case ValueKind::folders:
      action = "_files -/";
      break;
    case ValueKind::calls:
      action = "_hookjournal_calls";
      break;
    case ValueKind::objects:
      action = "_hookjournal_objects";
      break;
  }
  return ":" + zsh_text(name) + ":" + action;
}

std::string zsh_spec(const OptionDescription& option) {
  if (option.is_argument)
    return option.repeatable ? "*" + zsh_value(option)
           : option.required ? zsh_value(option)
                             : ":" + zsh_value(option);
  // Repeated options are allowed alike: the last one counts, or all do.
  return "*" + option.names.back() + "[" + zsh_text(short_help(option.help)) + "]" +
         zsh_value(option);
}

}  // namespace

std::string zsh_commands(const std::vector<CommandDescription>& commands) {
  std::string text;
  for (const CommandDescription& command : commands)
    text += "    " + single_quoted(command.name + ":" + zsh_text(command.summary)) + "\n";
  return text;
}

std::string zsh_arguments(const std::vector<CommandDescription>& commands) {
  std::string text;
  for (const CommandDescription& command : commands) {
    text += "    " + command.name + ")\n      specs=(\n";
    for (const OptionDescription& option : command.options) {
      text += "        " + single_quoted(zsh_spec(option)) + "\n";
      for (std::size_t i = 0; i + 1 < option.names.size(); ++i) {
        OptionDescription other = option;
        other.names = {option.names[i]};
        text += "        " + single_quoted(zsh_spec(other)) + "\n";
      }
    }
    text += "      )\n      ;;\n";
  }
  return text;
}

}  // namespace hookjournal
