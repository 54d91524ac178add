#include "cli/manual/command_description.h"

#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/manual/listed_words.h"

namespace hookjournal {

namespace {

CommandDescription completed(CommandDescription command, const CommandEntry& entry) {
  command.name = entry.name;
  command.summary = entry.summary;
  for (OptionDescription& option : command.options)
    if (option.is_argument || !option.value.empty())
      option.words = words_for(command.name, option.names.back(), option.help);
  return command;
}

}  // namespace

std::vector<CommandDescription> describe_commands() {
  std::vector<CommandDescription> all;
  for (const CommandEntry* entry = kCommands; entry->name != nullptr; ++entry) {
    describe_instead([&](CommandDescription command) {
      all.push_back(completed(std::move(command), *entry));
    });
    std::string name = entry->name;
    char* argv[] = {name.data(), nullptr};
    entry->run(1, argv);
  }
  describe_instead({});
  return all;
}

}  // namespace hookjournal
