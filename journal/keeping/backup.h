#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace hookjournal {

// A consistent copy of a journal as it is at one moment, while hooks write. One file,
// 0600, or 0640 for `group`, whose members can read it where they may not write beside
// it. Never takes the place of a file. Returns its size in bytes.
std::uint64_t back_up(const std::filesystem::path& journal,
                      const std::filesystem::path& copy, const std::string& group);

}  // namespace hookjournal
