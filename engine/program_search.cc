#include "engine/program_search.h"

#include <sstream>

#include "engine/discovery.h"

namespace hookjournal {

std::optional<std::filesystem::path> program_in(const std::string& path,
                                                const std::string& program) {
  if (program.find('/') != std::string::npos)
    return is_executable_file(program) ? std::optional(std::filesystem::path(program))
                                       : std::nullopt;
  std::istringstream folders(path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (auto file = std::filesystem::path(folder) / program; is_executable_file(file))
      return file;
  return {};
}

}  // namespace hookjournal
