#pragma once

#include <string>
#include <vector>

#include "cli/manual/command_description.h"

namespace hookjournal {

// The parts of the completion scripts that are about commands and their options; what a
// shell makes of them is in cli/package/completion.
std::string bash_options(const std::vector<CommandDescription>& commands);
std::string bash_values(const std::vector<CommandDescription>& commands);
std::string zsh_commands(const std::vector<CommandDescription>& commands);
std::string zsh_arguments(const std::vector<CommandDescription>& commands);
std::string fish_completions(const std::vector<CommandDescription>& commands);

// What an option or argument takes, as far as a shell can help with it.
enum class ValueKind { other, words, files, folders, calls, objects };
ValueKind value_kind(const OptionDescription& option);
// The words, with blanks between.
std::string joined_words(const OptionDescription& option);
// Whether values are lists with commas.
bool takes_list(const OptionDescription& option);
// The help as one line of at most a line's length, for menus.
std::string short_help(const std::string& help);
// The text in single quotes.
std::string single_quoted(const std::string& text);

}  // namespace hookjournal
