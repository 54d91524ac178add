#pragma once

#include <string>
#include <vector>

#include "cli/manual/command_description.h"

namespace hookjournal {

// The parts of hookjournal(1) that are about commands and their options. Options that
// several commands share under one heading (the selection, the journal) are told once.
std::string roff_commands(const std::vector<CommandDescription>& commands);
std::string roff_shared_options(const std::vector<CommandDescription>& commands);

}  // namespace hookjournal
