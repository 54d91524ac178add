#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// The door to zstd.
namespace hookjournal {

// Empty when the compressed form would not be smaller.
std::string compressed(std::string_view bytes);
// Throws Error when the bytes are damaged or do not give `size`.
std::string decompressed(std::string_view bytes, std::size_t size);

// What a blob may be packed with: a trained dictionary, or a text much like it. Takes the
// bytes in once, for many blobs.
class Dictionary {
 public:
  // `id`: what rows call it (their `encoding`); a frame cannot be taken for another's.
  Dictionary(const std::string& bytes, std::int64_t id);
  ~Dictionary();
  Dictionary(Dictionary&&) noexcept;
  Dictionary& operator=(Dictionary&&) = delete;

  // As the functions above; slower and smaller, for nobody waits.
  std::string compressed(std::string_view bytes) const;
  std::string decompressed(std::string_view bytes, std::size_t size) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Small, without a dictionary, for nobody waits.
std::string compressed_hard(std::string_view bytes);

}  // namespace hookjournal
