#include "engine/error.h"

#include <system_error>

namespace hookjournal {

std::string with_errno(const std::string& what, int errno_value) {
  return what + ": " + std::generic_category().message(errno_value);
}

}  // namespace hookjournal
