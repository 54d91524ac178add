#include "cli/replay/asking_user.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace hookjournal {

std::string asking_user() {
  const std::string uid = "uid " + std::to_string(::getuid());
  const char* behind_sudo = std::getenv("SUDO_USER");
  if (behind_sudo != nullptr && *behind_sudo != '\0')
    return std::string(behind_sudo) + " (by sudo, " + uid + ")";
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? uid : std::string(entry->pw_name) + " (" + uid + ")";
}

}  // namespace hookjournal
