#include "engine/ending.h"

#include <cerrno>
#include <system_error>

namespace hookjournal {

bool succeeded(const Ending& ending) {
  const auto* exited = std::get_if<Exited>(&ending);
  return exited != nullptr && exited->code == 0;
}

int exec_failure_status(int error) { return error == ENOENT ? 127 : 126; }

std::string describe(const Ending& ending) {
  if (const auto* exited = std::get_if<Exited>(&ending))
    return "exit status " + std::to_string(exited->code);
  if (const auto* signaled = std::get_if<Signaled>(&ending))
    return "fatal signal " + std::to_string(signaled->signal);
  return "exit status " +
         std::to_string(exec_failure_status(std::get<NotStarted>(ending).error));
}

std::string exec_failure_text(const std::string& path, int error) {
  return "libvirt:  error : cannot execute binary " + path + ": " +
         std::generic_category().message(error) + "\n";
}

}  // namespace hookjournal
