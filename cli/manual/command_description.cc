#include "cli/manual/command_description.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/commands.h"
#include "cli/description_request.h"
#include "cli/manual/listed_words.h"

namespace hookjournal {

namespace {

// "UINT in [1 - 1024]" and the like are CLI11's words, not ours.
std::string value_name(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string name = option.get_type_name();
  const auto colon = name.find(':');
  return name.substr(0, colon);
}

OptionDescription described(const CLI::Option& option, const std::string& command) {
  OptionDescription result;
  result.is_argument = !option.nonpositional();
  if (result.is_argument) {
    result.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames())
      result.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
      result.names.push_back("--" + name);
    result.value = value_name(option);
  }
  result.help = option.get_description();
  result.group = option.get_group() == "Options" ? "" : option.get_group();
  result.required = option.get_required();
  result.repeatable = option.get_items_expected_max() > 1;
  if (result.is_argument || !result.value.empty())
    result.words = words_for(command, result.names.back(), result.help);
  return result;
}

CommandDescription described(const CLI::App& app, const CommandEntry& entry) {
  CommandDescription result{
      entry.name, entry.summary, app.get_description(), app.get_footer(), {}};
  for (const CLI::Option* option : app.get_options(
           [](const CLI::Option* each) { return !each->get_group().empty(); }))
    result.options.push_back(described(*option, entry.name));
  return result;
}

}  // namespace

std::vector<CommandDescription> describe_commands() {
  std::vector<CommandDescription> all;
  for (const CommandEntry* entry = kCommands; entry->name != nullptr; ++entry) {
    describe_instead([&](const CLI::App& app) { all.push_back(described(app, *entry)); });
    std::string name = entry->name;
    char* argv[] = {name.data(), nullptr};
    entry->run(1, argv);
  }
  describe_instead({});
  return all;
}

}  // namespace hookjournal
