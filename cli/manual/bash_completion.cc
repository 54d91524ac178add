#include <map>

#include "cli/manual/completion.h"

namespace hookjournal {

// A case for each command: all its options, and those of them that take a value.
std::string bash_options(const std::vector<CommandDescription>& commands) {
  std::string text;
  for (const CommandDescription& command : commands) {
    std::string options, valued;
    for (const OptionDescription& option : command.options) {
      if (option.is_argument) continue;
      for (const std::string& name : option.names) {
        options += (options.empty() ? "" : " ") + name;
        if (!option.value.empty()) valued += (valued.empty() ? "" : " ") + name;
      }
    }
    text += "    " + command.name + ")\n      options='" + options + "'\n      valued='" +
            valued + "'\n      ;;\n";
  }
  return text;
}

// A case for each kind of value, with "COMMAND OPTION" or "COMMAND NUMBER" (of an
// argument; NUMBER+ from there on) for what takes it.
std::string bash_values(const std::vector<CommandDescription>& commands) {
  std::map<std::string, std::string> patterns;  // by what is offered
  for (const CommandDescription& command : commands) {
    int place = 0;
    for (const OptionDescription& option : command.options) {
      if (option.is_argument) ++place;
      std::string offer;
      switch (value_kind(option)) {
        case ValueKind::other:
          continue;
        case ValueKind::words:
          offer = "words=" + single_quoted(joined_words(option));
          break;
        case ValueKind::files:
          offer = "kind=files";
          break;
        case ValueKind::folders:
          offer = "kind=folders";
          break;
        case ValueKind::calls:
          offer = "kind=calls";
          break;
        case ValueKind::objects:
          offer = "kind=objects";
          break;
      }
      if (takes_list(option)) offer += " list=,";
      std::string& pattern = patterns[offer];
      const auto add = [&](const std::string& taker) {
        pattern +=
            (pattern.empty() ? "" : " | ") + ("'" + command.name + " " + taker + "'");
      };
      if (!option.is_argument)
        for (const std::string& name : option.names) add(name);
      else if (!option.repeatable)
        add(std::to_string(place));
      else
        pattern += (pattern.empty() ? "'" : " | '") + command.name + " '[" +
                   std::to_string(place) + "-9]*";
    }
  }
  std::string text;
  for (const auto& [offer, pattern] : patterns)
    text += "    " + pattern + ")\n      " + offer + "\n      ;;\n";
  return text;
}

}  // namespace hookjournal
