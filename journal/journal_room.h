#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace hookjournal {

// Why the journal may not grow now, or nothing: it has reached its ceiling (`cap` bytes;
// 0 stands for the smaller of 1 GiB and 10 % of its file system), or so little is free
// that the guests' images beside it would be in danger (below the smaller of 1 GiB and 10
// %).
std::optional<std::string> no_room(const std::filesystem::path& journal,
                                   std::uint64_t cap);

}  // namespace hookjournal
