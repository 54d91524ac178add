#include "journal/compression.h"

#include <zstd.h>

#include "engine/error.h"

namespace hookjournal {

namespace {
// Level 1: the hook's writer compresses while libvirt may be waiting; `compact` does
// better.
constexpr int kLevel = 1;
constexpr std::size_t kTooSmall = 64;
}  // namespace

std::string compressed(std::string_view bytes) {
  if (bytes.size() < kTooSmall) return {};
  std::string result(::ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ::ZSTD_compress(result.data(), result.size(), bytes.data(), bytes.size(), kLevel);
  if (::ZSTD_isError(size) != 0 || size >= bytes.size()) return {};
  result.resize(size);
  return result;
}

namespace {
// A damaged row must not ask for all memory there is: no stream is kept beyond this.
constexpr std::size_t kLargest = 2ULL << 30;
}  // namespace

std::string decompressed(std::string_view bytes, std::size_t size) {
  // What the frame itself says; a row that says otherwise is damaged.
  if (size > kLargest || ::ZSTD_getFrameContentSize(bytes.data(), bytes.size()) != size)
    throw Error(
        "a blob of the journal is damaged: its compressed bytes are not as long "
        "as its row says");
  std::string result(size, '\0');
  const std::size_t got =
      ::ZSTD_decompress(result.data(), size, bytes.data(), bytes.size());
  if (::ZSTD_isError(got) != 0 || got != size)
    throw Error("a blob of the journal is damaged: its compressed bytes do not unpack");
  return result;
}

}  // namespace hookjournal
