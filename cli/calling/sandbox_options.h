#pragma once

#include <string>

namespace hookjournal {

class CommandLine;

// What every command takes that runs scripts in a sandbox. `timeout` has its default; all
// three must live as long as the parsing. What they mean: sandbox_settings.h.
void add_sandbox_options(CommandLine& line, std::string& timeout, std::string& stubs,
                         bool& links);

}  // namespace hookjournal
