#pragma once

#include <vector>

#include "cli/description_request.h"

namespace hookjournal {

// All of kCommands, in its order.
std::vector<CommandDescription> describe_commands();

}  // namespace hookjournal
