#include "cli/manual/manual_page.h"

#include <algorithm>
#include <map>
#include <optional>

#include "cli/manual/roff.h"

namespace hookjournal {

namespace {

using Options = std::vector<OptionDescription>;
// By heading, the options that are the same in at least so many commands.
using Shared = std::map<std::string, Options>;
constexpr std::ptrdiff_t kOften = 3;

Shared shared_options(const std::vector<CommandDescription>& commands) {
  Shared shared;
  for (const CommandDescription& command : commands)
    for (const OptionDescription& option : command.options) {
      if (option.group.empty()) continue;
      const auto uses = std::ranges::count_if(commands, [&](const auto& other) {
        return std::ranges::find(other.options, option) != other.options.end();
      });
      Options& known = shared[option.group];
      if (uses >= kOften && std::ranges::find(known, option) == known.end())
        known.push_back(option);
    }
  std::erase_if(shared, [](const auto& entry) { return entry.second.empty(); });
  return shared;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string names(const OptionDescription& option) {
  std::string text;
  for (const std::string& name : option.names)
    text += (text.empty() ? "" : ", ") +
            (option.is_argument ? roff_italic(name) : roff_bold(name));
  return text;
}

std::string entry(const OptionDescription& option) {
  std::string text = ".TP\n" + names(option);
  if (!option.value.empty()) text += " " + roff_italic(option.value);
  text += "\n";
  for (std::size_t from = 0; from < option.help.size();) {
    const auto end = std::min(option.help.find('\n', from), option.help.size());
    const std::string line = option.help.substr(from, end - from);
    const bool request = line.starts_with('.') || line.starts_with('\'');
    text += (request ? "\\&" : "") + roff(line) + "\n";
    from = end + 1;
  }
  if (option.help.empty()) text += "\\&\n";
  return text;
}

std::string synopsis(const CommandDescription& command) {
  std::string line =
      roff_bold("hookjournal " + command.name) + " [" + roff_italic("options") + "]";
  for (const OptionDescription& option : command.options) {
    if (!option.required && !option.is_argument) continue;
    std::string word = names(option);
    if (!option.value.empty()) word += " " + roff_italic(option.value);
    line += option.required ? " " + word : " [" + word + "]";
    if (option.repeatable && option.is_argument) line += " ...";
  }
  return line + "\n";
}

// "Also takes the journal options and, of the selection options, --last." "" for none.
std::string references(const CommandDescription& command, const Shared& shared) {
  std::string text;
  for (const auto& [group, options] : shared) {
    std::string some;
    std::size_t used = 0;
    for (const OptionDescription& option : options) {
      if (std::ranges::find(command.options, option) == command.options.end()) continue;
      some += (some.empty() ? "" : ", ") + roff_bold(option.names.back());
      ++used;
    }
    if (used == 0) continue;
    text += text.empty() ? "Also takes" : " and";
    if (used < options.size()) text += " " + some + " of";
    text += " the " + lower(group) + " options";
  }
  return text.empty() ? text : ".PP\n" + text + " (see below).\n";
}

std::string section(const CommandDescription& command, const Shared& shared) {
  std::string text = ".SS " + roff(command.name) + "\n" + synopsis(command) + ".PP\n" +
                     roff(command.about) + "\n";
  for (const OptionDescription& option : command.options) {
    const auto common = shared.find(option.group);
    if (common != shared.end() &&
        std::ranges::find(common->second, option) != common->second.end())
      continue;
    if (option.names.back() == "--help") continue;  // told once for all
    text += entry(option);
  }
  return text + references(command, shared) + roff_paragraphs(command.explanation);
}

}  // namespace

std::string roff_commands(const std::vector<CommandDescription>& commands) {
  const Shared shared = shared_options(commands);
  std::string page;
  for (const CommandDescription& command : commands) page += section(command, shared);
  return page;
}

std::string roff_shared_options(const std::vector<CommandDescription>& commands) {
  std::string page;
  for (const auto& [group, options] : shared_options(commands)) {
    page += ".SH " + upper(group) + " OPTIONS\n";
    for (const OptionDescription& option : options) page += entry(option);
  }
  return page;
}

}  // namespace hookjournal
