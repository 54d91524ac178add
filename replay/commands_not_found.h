#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// Names of commands that a shell has looked for in vain, out of what it said on stderr;
// each once, in order. What is not there is not executed either, so that nothing else
// tells of it.
std::vector<std::string> commands_not_found(std::string_view err);

}  // namespace hookjournal
