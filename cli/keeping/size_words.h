#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hookjournal {

// "512M", "1.5G", "800K", "1048576": bytes; powers of 1024, with or without "iB" or "B".
// Nothing when the text is none.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "12.3 MiB"
std::string size_words(std::uint64_t bytes);

}  // namespace hookjournal
