#pragma once

#include <array>
#include <string>
#include <string_view>

namespace hookjournal {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

// 64 lower-case hexadecimal digits.
std::string to_hex(const Digest& digest);
std::string to_hex(std::string_view bytes);
// Zeroes for what is no digest in hexadecimal.
Digest from_hex(std::string_view digits);
std::string_view as_bytes(const Digest& digest);

// For long or piecewise input: update as often as needed, then finish once.
class Sha256 {
 public:
  Sha256();
  Sha256& update(std::string_view bytes);
  Digest finish();

 private:
  // Room for OpenSSL's SHA256_CTX, kept out of this header.
  alignas(8) std::array<unsigned char, 112> state_;
};

}  // namespace hookjournal
