#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace hookjournal {

// A release of libvirt: what it calls its hooks with changed over time.
struct LibvirtVersion {
  int major = 0, minor = 0, micro = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): a 0 that clang-tidy 14 sees in <=>'s own code
  auto operator<=>(const LibvirtVersion&) const = default;
};

// Newest of which the call sites are known to be unchanged.
inline constexpr LibvirtVersion kNewestLibvirt{12, 5, 0};

// "10.5.0" or "10.5".
std::optional<LibvirtVersion> parse_libvirt_version(std::string_view text);
std::string to_string(const LibvirtVersion& version);

}  // namespace hookjournal
