#pragma once

#include <string>
#include <vector>

// What man page and completion say of the commands, taken from what the commands parse.
namespace hookjournal {

// One option or argument of a command.
struct OptionDescription {
  std::vector<std::string>
      names;          // as typed: "-n", "--dry-run"; an argument has one: "FILE"
  std::string value;  // what it takes: "FILE", "NAME,..."; "" for a flag
  std::string help;   // lines as --help has them
  std::string group;  // the heading in --help; "" where there is none of its own
  bool is_argument = false;
  bool required = false;
  bool repeatable = false;
  std::vector<std::string> words;  // its possible values, where they are a few words

  bool operator==(const OptionDescription&) const = default;
};

struct CommandDescription {
  std::string name, summary, about, explanation;
  std::vector<OptionDescription> options;  // in the order of --help
};

// All of kCommands, in its order.
std::vector<CommandDescription> describe_commands();

}  // namespace hookjournal
