#include "journal/search/gram_filter.h"

#include <algorithm>
#include <bit>

namespace hookjournal {

namespace {

constexpr std::size_t kGram = 4;
// While it is filled; what is kept is folded to a size that fits.
constexpr std::size_t kMostBits = std::size_t{1} << 20;
constexpr std::size_t kLeastBits = 64;
// A run of none of the texts is taken for one of theirs once in so many times.
constexpr std::size_t kBitsPerGram = 8;

constexpr std::uint32_t lower(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 'A' && byte <= 'Z' ? byte + std::uint32_t{'a' - 'A'} : byte;
}

// Part of the format.
constexpr std::uint32_t hash_of(std::uint32_t gram) {
  gram *= 0x9e3779b1;
  gram ^= gram >> 15;
  gram *= 0x85ebca77;
  return gram ^ (gram >> 13);
}

// False as soon as `visit` says so.
bool each_gram(std::string_view text, const auto& visit) {
  std::uint32_t gram = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    gram = gram << 8 | lower(text[i]);
    if (i + 1 >= kGram && !visit(hash_of(gram))) return false;
  }
  return true;
}

}  // namespace

GramFilter::GramFilter() : bits_(kMostBits / 64) {}

void GramFilter::add(std::string_view text) {
  each_gram(text, [this](std::uint32_t hash) {
    const std::size_t place = hash % kMostBits;
    const std::uint64_t bit = std::uint64_t{1} << place % 64;
    grams_ += (bits_[place / 64] & bit) == 0 ? 1 : 0;
    bits_[place / 64] |= bit;
    return true;
  });
}

std::string GramFilter::take() {
  std::size_t size = kMostBits;
  while (size > kLeastBits && size / 2 >= grams_ * kBitsPerGram) size /= 2;
  std::string bytes(size / 8, '\0');
  for (std::size_t place = 0; place < kMostBits; ++place) {
    if ((bits_[place / 64] >> place % 64 & 1) == 0) continue;
    char& byte = bytes[place % size / 8];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | 1U << place % 8);
  }
  std::ranges::fill(bits_, 0);
  grams_ = 0;
  return bytes;
}

bool may_hold(std::string_view filter, std::string_view text) {
  const std::size_t size = filter.size() * 8;
  if (!std::has_single_bit(size)) return true;  // not one of ours
  return each_gram(text, [&](std::uint32_t hash) {
    const std::size_t place = hash % size;
    return (static_cast<unsigned char>(filter[place / 8]) >> place % 8 & 1) != 0;
  });
}

}  // namespace hookjournal
