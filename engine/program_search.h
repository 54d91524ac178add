#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace hookjournal {

// Where a PATH has the program, as execvp looks.
std::optional<std::filesystem::path> program_in(const std::string& path,
                                                const std::string& program);

}  // namespace hookjournal
