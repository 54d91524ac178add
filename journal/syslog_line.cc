#include "journal/syslog_line.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include <cstring>

#include "engine/unique_fd.h"

namespace hookjournal {

bool to_syslog(const std::string& program, int severity, const std::string& text) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, "/dev/log");
  const std::string line =
      "<" + std::to_string(LOG_DAEMON | severity) + ">" + program + ": " + text;
  return ::sendto(socket.get(), line.data(), line.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) == static_cast<ssize_t>(line.size());
}

}  // namespace hookjournal
