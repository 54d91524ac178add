#include "journal/chain.h"

#include <array>

#include "journal/fields.h"

namespace hookjournal {

namespace {

// Into eight bytes, the lowest first.
void put_number(char* to, std::uint64_t value) {
  for (int i = 0; i < 8; ++i, value >>= 8) to[i] = static_cast<char>(value & 0xff);
}

}  // namespace

Digest chained_digest(const Digest& predecessor, const EventHead& head,
                      std::string_view body,
                      const std::function<Digest(std::int64_t)>& digest_of_blob) {
  // In one piece: many small ones cost as much as the hash itself.
  std::array<char, sizeof(Digest) + 3 * sizeof(std::uint64_t)> front;
  char* const numbers =
      front.data() + as_bytes(predecessor).copy(front.data(), sizeof(Digest));
  put_number(numbers, static_cast<std::uint64_t>(head.id));
  put_number(numbers + 8, static_cast<std::uint64_t>(head.kind));
  put_number(numbers + 16, static_cast<std::uint64_t>(head.at_ns));
  Sha256 hash;
  hash.update({front.data(), front.size()});
  std::size_t plain_from = 0;
  FieldReader fields(body);
  while (fields.next()) {
    if (!fields.is_blob()) continue;
    // All up to the reference as it stands, then the blob's digest in place of its id.
    hash.update(body.substr(plain_from, fields.value_offset() - plain_from));
    hash.update(as_bytes(digest_of_blob(fields.blob_id())));
    plain_from = fields.end_offset();
  }
  hash.update(body.substr(plain_from));
  return hash.finish();
}

}  // namespace hookjournal
