#include "cli/install/image_root.h"

#include <unistd.h>

#include <cerrno>

#include "engine/error.h"

namespace hookjournal {

void enter_image(const std::filesystem::path& root) {
  if (::chroot(root.c_str()) == 0 && ::chdir("/") == 0) return;
  const int error = errno;
  throw Error(with_errno("cannot work in the image " + root.string(), error) +
              (error == EPERM ? " (only root may)" : ""));
}

std::filesystem::path absolute_path(const std::string& path) {
  const std::filesystem::path normal = std::filesystem::absolute(path).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace hookjournal
