#pragma once

#include <optional>

namespace CLI {
class App;
}

namespace hookjournal {

// Reads a command's arguments, the command's name first. Nothing: go on. A value is the
// exit status: 0 after --help, 2 for words that cannot be meant, which stderr explains.
std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv);

}  // namespace hookjournal
