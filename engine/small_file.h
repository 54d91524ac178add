#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace hookjournal {

// The whole of a file, or its first `limit` bytes. Nothing when it cannot be read (errno
// tells why). For /proc too, whose files have no size.
std::optional<std::string> read_small_file(const std::string& path,
                                           std::size_t limit = 1 << 20);

}  // namespace hookjournal
