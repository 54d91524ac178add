#include "journal/compression.h"

#include <zstd.h>

#include "engine/error.h"
#include "engine/sha256.h"

namespace hookjournal {

namespace {
// Level 1: the hook's writer compresses while libvirt may be waiting; `compact` does
// better.
constexpr int kLevel = 1;
constexpr int kHardLevel = 19;
// With a dictionary much like the text this finds as much in a tenth of the time.
constexpr int kLikeLevel = 9;
constexpr std::size_t kMuchLess = 12;
constexpr std::size_t kTooSmall = 64;
// A damaged row must not ask for all memory there is: no stream is kept beyond this.
constexpr std::size_t kLargest = 2ULL << 30;

// Some bits of a frame mean nothing, and what unpacks from it stays the same when they
// flip. So that no change goes unseen, the frame is followed by the beginning of its
// SHA-256, with its row's encoding before it: without a dictionary's own mark in it, a
// frame unpacks with any.
constexpr std::size_t kSealSize = 4;
std::string seal_of(std::string_view frame, std::int64_t encoding) {
  const std::string number = std::to_string(encoding) + " ";
  const Digest digest = Sha256().update(number).update(frame).finish();
  return std::string(as_bytes(digest).substr(0, kSealSize));
}

// The frame without its seal.
std::string_view unsealed(std::string_view bytes, std::size_t size,
                          std::int64_t encoding) {
  const std::size_t length = ::ZSTD_findFrameCompressedSize(bytes.data(), bytes.size());
  if (::ZSTD_isError(length) != 0 || bytes.size() != length + kSealSize ||
      seal_of(bytes.substr(0, length), encoding) != bytes.substr(length))
    throw Error("a blob of the journal is damaged: its compressed bytes were changed");
  // What the frame itself says; a row that says otherwise is damaged.
  if (size > kLargest || ::ZSTD_getFrameContentSize(bytes.data(), length) != size)
    throw Error(
        "a blob of the journal is damaged: its compressed bytes are not as long "
        "as its row says");
  return bytes.substr(0, length);
}
}  // namespace

namespace {

// `compress` and `unpack` as zstd's: they return a size or an error.
std::string packed(std::string_view bytes, std::int64_t encoding, const auto& compress) {
  if (bytes.size() < kTooSmall) return {};
  std::string result(::ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = compress(result.data(), result.size());
  if (::ZSTD_isError(size) != 0 || size + kSealSize >= bytes.size()) return {};
  result.resize(size);
  return result += seal_of(result, encoding);
}

std::string unpacked(std::string_view bytes, std::size_t size, std::int64_t encoding,
                     const auto& unpack) {
  const std::string_view frame = unsealed(bytes, size, encoding);
  std::string result(size, '\0');
  const std::size_t got = unpack(result.data(), frame);
  if (::ZSTD_isError(got) != 0 || got != size)
    throw Error("a blob of the journal is damaged: its compressed bytes do not unpack");
  return result;
}

}  // namespace

std::string compressed(std::string_view bytes) {
  return packed(bytes, 1, [bytes](char* to, std::size_t room) {
    return ::ZSTD_compress(to, room, bytes.data(), bytes.size(), kLevel);
  });
}

std::string compressed_hard(std::string_view bytes) {
  return packed(bytes, 1, [bytes](char* to, std::size_t room) {
    return ::ZSTD_compress(to, room, bytes.data(), bytes.size(), kHardLevel);
  });
}

namespace {

// One for each thread: to make one takes longer than to unpack a guest's XML.
ZSTD_DCtx* unpacker() {
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
  };
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(::ZSTD_createDCtx());
  return context.get();
}

}  // namespace

std::string decompressed(std::string_view bytes, std::size_t size) {
  return unpacked(bytes, size, 1, [size](char* to, std::string_view frame) {
    return ::ZSTD_decompressDCtx(unpacker(), to, size, frame.data(), frame.size());
  });
}

// Either half is made when it is first asked for: a reader packs nothing.
struct Dictionary::Parts {
  std::string bytes;
  std::int64_t id = 0;
  ZSTD_CDict* packing = nullptr;
  ZSTD_CDict* hard_packing = nullptr;
  ZSTD_DDict* unpacking = nullptr;
  ZSTD_CCtx* packer = nullptr;

  ~Parts() {
    ::ZSTD_freeCDict(packing);
    ::ZSTD_freeCDict(hard_packing);
    ::ZSTD_freeDDict(unpacking);
    ::ZSTD_freeCCtx(packer);
  }
};

Dictionary::Dictionary(const std::string& bytes, std::int64_t id)
    : parts_(std::make_unique<Parts>()) {
  parts_->bytes = bytes;
  parts_->id = id;
}
Dictionary::~Dictionary() = default;
Dictionary::Dictionary(Dictionary&&) noexcept = default;

std::string Dictionary::compressed(std::string_view bytes) const {
  Parts& parts = *parts_;
  if (parts.packer == nullptr) parts.packer = ::ZSTD_createCCtx();
  const auto pack = [&](ZSTD_CDict*& dictionary, int level) {
    if (dictionary == nullptr)
      dictionary = ::ZSTD_createCDict(parts.bytes.data(), parts.bytes.size(), level);
    return packed(bytes, parts.id, [&](char* to, std::size_t room) {
      return ::ZSTD_compress_usingCDict(parts.packer, to, room, bytes.data(),
                                        bytes.size(), dictionary);
    });
  };
  std::string quick = pack(parts.packing, kLikeLevel);
  if (!quick.empty() && quick.size() <= bytes.size() / kMuchLess) return quick;
  return pack(parts.hard_packing, kHardLevel);
}

std::string Dictionary::decompressed(std::string_view bytes, std::size_t size) const {
  Parts& parts = *parts_;
  if (parts.unpacking == nullptr)
    parts.unpacking = ::ZSTD_createDDict(parts.bytes.data(), parts.bytes.size());
  return unpacked(bytes, size, parts.id, [&](char* to, std::string_view frame) {
    return ::ZSTD_decompress_usingDDict(unpacker(), to, size, frame.data(), frame.size(),
                                        parts.unpacking);
  });
}

}  // namespace hookjournal
