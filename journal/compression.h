#pragma once

#include <string>
#include <string_view>

// The door to zstd.
namespace hookjournal {

// Empty when the compressed form would not be smaller.
std::string compressed(std::string_view bytes);
// Throws Error when the bytes are damaged or do not give `size`.
std::string decompressed(std::string_view bytes, std::size_t size);

}  // namespace hookjournal
