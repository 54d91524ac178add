// The door to OpenSSL. Its recommended EVP interface loads providers at first use, which
// costs a hook process 1.2 ms; the plain functions are deprecated but cost nothing.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/sha256.h"

#include <openssl/sha.h>

#include <charconv>
#include <new>

namespace hookjournal {

static_assert(sizeof(SHA256_CTX) <= 112 && alignof(SHA256_CTX) <= 8);

namespace {
SHA256_CTX* context(std::array<unsigned char, 112>& state) {
  return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}
}  // namespace

Sha256::Sha256() : state_{} { SHA256_Init(new (state_.data()) SHA256_CTX); }

Sha256& Sha256::update(std::string_view bytes) {
  SHA256_Update(context(state_), bytes.data(), bytes.size());
  return *this;
}

Digest Sha256::finish() {
  Digest digest;
  SHA256_Final(digest.data(), context(state_));
  return digest;
}

Digest sha256(std::string_view bytes) { return Sha256().update(bytes).finish(); }

// RFC 2104.
Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<char, 64> block{};
  const Digest hashed = sha256(key);
  if (key.size() > block.size()) key = as_bytes(hashed);
  key.copy(block.data(), key.size());
  const auto padded_with = [&block](char pad) {
    std::string padded(block.begin(), block.end());
    for (char& c : padded) c = static_cast<char>(c ^ pad);
    return padded;
  };
  const Digest inner = Sha256().update(padded_with(0x36)).update(bytes).finish();
  return Sha256().update(padded_with(0x5c)).update(as_bytes(inner)).finish();
}

std::string_view as_bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

Digest from_hex(std::string_view digits) {
  Digest digest{};
  if (digits.size() != digest.size() * 2) return digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    std::from_chars(digits.data() + i * 2, digits.data() + i * 2 + 2, digest[i], 16);
  return digest;
}

std::string to_hex(const Digest& digest) { return to_hex(as_bytes(digest)); }

}  // namespace hookjournal
