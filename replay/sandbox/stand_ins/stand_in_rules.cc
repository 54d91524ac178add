#include "replay/sandbox/stand_ins/stand_in_rules.h"

#include <fnmatch.h>

#include <algorithm>
#include <iterator>

namespace hookjournal {

namespace {

std::string name_of(const std::string& program) {
  return program.substr(program.rfind('/') + 1);
}

// A rule for a name is for that name in any folder, one for a path for that file only.
bool is_for(const std::string& command, const std::string& program,
            const std::string& name) {
  return command == program || command == name;
}

bool is_for(const std::string& command, const std::string& program) {
  return is_for(command, program, name_of(program));
}

std::string with_blanks(const std::vector<std::string>& arguments) {
  std::string all;
  for (const auto& argument : arguments) {
    if (&argument != &arguments.front()) all += ' ';
    all += argument;
  }
  return all;
}

}  // namespace

bool StandInRules::replaces(const std::string& command) const {
  return std::any_of(rules.begin(), rules.end(), [&](const StandInRule& rule) {
    return !rule.when_missing && is_for(rule.command, command);
  });
}

std::vector<std::string> StandInRules::replaced() const {
  std::vector<std::string> commands;
  for (const auto& rule : rules)
    if (!rule.when_missing &&
        std::find(commands.begin(), commands.end(), rule.command) == commands.end())
      commands.push_back(rule.command);
  return commands;
}

const StandInRule* StandInRules::rule_for(
    const std::string& program, const std::vector<std::string>& arguments) const {
  const std::string all = with_blanks(arguments);
  const std::string name = name_of(program);
  for (const auto& rule : rules)
    if (is_for(rule.command, program, name) &&
        (rule.arguments == "*" ||
         ::fnmatch(rule.arguments.c_str(), all.c_str(), FNM_EXTMATCH) == 0))
      return &rule;
  return nullptr;
}

StandInRules joined(const StandInRules& first, const StandInRules& then) {
  StandInRules all = first;
  std::copy_if(then.rules.begin(), then.rules.end(), std::back_inserter(all.rules),
               [&](const StandInRule& rule) {
                 return std::none_of(first.real.begin(), first.real.end(),
                                     [&](const std::string& command) {
                                       return is_for(rule.command, command);
                                     });
               });
  all.real.insert(all.real.end(), then.real.begin(), then.real.end());
  return all;
}

}  // namespace hookjournal
