#include "engine/small_file.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "engine/unique_fd.h"

namespace hookjournal {

std::optional<std::string> read_small_file(const std::string& path, std::size_t limit) {
  // O_NONBLOCK: a FIFO in the way must not stop us.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return {};
  std::string text;
  char buffer[16384];
  while (text.size() < limit) {
    const ssize_t count =
        ::read(file.get(), buffer, std::min(sizeof buffer, limit - text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return {};
    if (count == 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace hookjournal
