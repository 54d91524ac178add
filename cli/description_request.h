#pragma once

#include <functional>
#include <string>
#include <vector>

// What man page and completion say of a command, taken from what it parses.
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

// From now on a command that comes to parse its arguments hands its options to `describe`
// instead, and ends with 0: so that man page and completion are made of what is parsed,
// with nothing to keep in step. Nothing given: commands run again. What the command line
// does not know is left empty: name, summary and words.
void describe_instead(std::function<void(CommandDescription)> describe);

}  // namespace hookjournal
