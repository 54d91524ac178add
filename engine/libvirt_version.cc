#include "engine/libvirt_version.h"

#include <array>
#include <charconv>

namespace hookjournal {

std::optional<LibvirtVersion> parse_libvirt_version(std::string_view text) {
  std::array<int, 3> numbers{};
  std::size_t count = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (count < numbers.size()) {
    const auto [after, error] = std::from_chars(at, end, numbers[count]);
    if (error != std::errc() || numbers[count] < 0) return {};
    ++count;
    at = after;
    if (at == end || *at != '.') break;
    ++at;
  }
  if (at != end || count < 2 || text.back() == '.') return {};
  return LibvirtVersion{numbers[0], numbers[1], numbers[2]};
}

std::string to_string(const LibvirtVersion& version) {
  return std::to_string(version.major) + '.' + std::to_string(version.minor) + '.' +
         std::to_string(version.micro);
}

}  // namespace hookjournal
