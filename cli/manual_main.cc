// The build's own: fills the templates of man pages and completion (cli/package) with
// what the commands parse.  hookjournal-manual TEMPLATE... > FILE A line that is nothing
// but @name@ gives way to the part of that name; @version@ may stand anywhere.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>

#include "cli/manual/completion.h"
#include "cli/manual/manual_page.h"

namespace hookjournal {
namespace {

std::string command_names(const std::vector<CommandDescription>& commands) {
  std::string names;
  for (const CommandDescription& command : commands)
    names += (names.empty() ? "" : " ") + command.name;
  return "  commands='" + names + "'\n";
}

using Part = std::string (*)(const std::vector<CommandDescription>&);
const std::map<std::string, Part> kParts = {
    {"@bash-commands@", command_names}, {"@bash-options@", bash_options},
    {"@bash-values@", bash_values},     {"@zsh-commands@", zsh_commands},
    {"@zsh-arguments@", zsh_arguments}, {"@fish-completions@", fish_completions},
    {"@man-commands@", roff_commands},  {"@man-shared-options@", roff_shared_options},
};

std::string with_version(std::string line) {
  constexpr std::string_view kName = "@version@";
  for (auto at = line.find(kName); at != std::string::npos; at = line.find(kName))
    line.replace(at, kName.size(), HOOKJOURNAL_VERSION);
  return line;
}

int fill(const char* file, const std::vector<CommandDescription>& commands) {
  std::ifstream text(file);
  std::string line;
  while (std::getline(text, line)) {
    const auto part = kParts.find(line);
    if (part != kParts.end())
      std::cout << part->second(commands);
    else
      std::cout << with_version(line) << '\n';
  }
  std::cout.flush();
  if (text.eof() && std::cout) return 0;
  std::fprintf(stderr, "hookjournal-manual: cannot fill %s\n", file);
  return 3;
}

}  // namespace
}  // namespace hookjournal

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  return hookjournal::fill(argv[1], hookjournal::describe_commands());
}
