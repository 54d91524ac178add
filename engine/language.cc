#include "engine/language.h"

#include <sstream>

#include "engine/first_line.h"

namespace hookjournal {

Language language_of(const std::string& text) {
  const auto interpreter = interpreter_of(text);
  if (!interpreter) return Language::other;
  std::string program = interpreter->path.substr(interpreter->path.rfind('/') + 1);
  if (program == "env" && interpreter->argument) {
    std::istringstream words(*interpreter->argument);
    while (words >> program)
      if (!program.starts_with('-') && program.find('=') == std::string::npos) break;
    program = program.substr(program.rfind('/') + 1);
  }
  while (program.ends_with('\r')) program.pop_back();
  for (const char* shell : {"sh", "bash", "dash", "ksh", "ash", "zsh", "mksh"})
    if (program == shell) return Language::shell;
  if (program.starts_with("python")) return Language::python;
  if (program.starts_with("perl")) return Language::perl;
  return Language::other;
}

}  // namespace hookjournal
