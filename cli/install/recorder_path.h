#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace hookjournal {

// The `hookjournal-hook` that belongs to this program: the one in the same folder.
std::filesystem::path recorder_beside_us();

// Throws UsageError or Error unless scripts can name `recorder` in their first line and
// the kernel can start it from there.
void check_recorder(const std::filesystem::path& recorder);

}  // namespace hookjournal
