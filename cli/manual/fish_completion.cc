#include "cli/manual/completion.h"

namespace hookjournal {

namespace {

// fish's own: within single quotes only \\ and \' are escapes.
std::string fish_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_value(const OptionDescription& option) {
  switch (value_kind(option)) {
    case ValueKind::other:
      return " -x";
    case ValueKind::words:
      return " -x -a " + fish_quoted(takes_list(option) ? "(__fish_append , " +
                                                              joined_words(option) + ")"
                                                        : joined_words(option));
    case ValueKind::files:
      return " -r -F";
    case ValueKind::folders:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::calls:
      return " -x -a '(__hookjournal_calls)'";
    case ValueKind::objects:
      return " -x -a '(__hookjournal_objects)'";
  }
  return {};
}

}  // namespace

std::string fish_completions(const std::vector<CommandDescription>& commands) {
  std::string text;
  for (const CommandDescription& command : commands) {
    text += "complete -c hookjournal -n __fish_use_subcommand -a " + command.name +
            " -d " + fish_quoted(command.summary) + "\n";
    for (const OptionDescription& option : command.options) {
      if (option.is_argument && value_kind(option) == ValueKind::other) continue;
      text +=
          "complete -c hookjournal -n '__fish_seen_subcommand_from " + command.name + "'";
      if (!option.is_argument)
        for (const std::string& name : option.names)
          text +=
              name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (option.is_argument || !option.value.empty()) {
        std::string value = fish_value(option);
        if (option.is_argument) value.replace(0, 3, "");  // -x and -r are options'
        text += value;
      }
      if (!option.is_argument) text += " -d " + fish_quoted(short_help(option.help));
      text += "\n";
    }
  }
  return text;
}

}  // namespace hookjournal
