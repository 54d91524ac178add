#include "journal/chain.h"

#include <array>

#include "journal/fields.h"

namespace hookjournal {

namespace {

void add_number(Sha256& hash, std::uint64_t value) {
  std::array<char, 8> bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xff);
    value >>= 8;
  }
  hash.update({bytes.data(), bytes.size()});
}

}  // namespace

Digest chained_digest(const Digest& predecessor, const EventHead& head,
                      std::string_view body,
                      const std::function<Digest(std::int64_t)>& digest_of_blob) {
  Sha256 hash;
  hash.update(as_bytes(predecessor));
  add_number(hash, static_cast<std::uint64_t>(head.id));
  add_number(hash, static_cast<std::uint64_t>(head.kind));
  add_number(hash, static_cast<std::uint64_t>(head.at_ns));
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
