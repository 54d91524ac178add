#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/sha256.h"
#include "journal/compression.h"
#include "journal/database.h"
#include "journal/fields.h"

namespace hookjournal {

// Bytes kept once, under their SHA-256. How a row holds them (`encoding`): 0 as they are,
// 1 zstd, else zstd with the content of the blob of that id as dictionary. `compact`
// makes the last kind; whoever removes or changes a blob looks for those packed with it.
class BlobStore : public BlobSink, public BlobSource {
 public:
  // `db` outlives the store.
  explicit BlobStore(Database& db);

  // Ids start at 1. Needs a write transaction.
  std::int64_t keep(std::string_view bytes) override;
  std::string load(std::int64_t blob) override;

  // For bytes that stand for others whose digest events were chained with. Needs a write
  // transaction and a fact that says so (keeping_facts.h).
  std::int64_t keep_replaced(const Digest& digest, std::string_view bytes);
  void replace(std::int64_t blob, std::string_view bytes);

  // What a row of `blobs` holds, unpacked. Throws Error when it is damaged.
  std::string unpack(std::int64_t encoding, std::string_view data, std::size_t size);

  // What was kept since was rolled back: its ids may come to mean other bytes.
  void forget();

  Digest digest_of(std::int64_t blob);
  std::int64_t size_of(std::int64_t blob);
  std::int64_t find(const Digest& digest);  // 0: not here

 private:
  std::int64_t insert(const Digest& digest, std::string_view bytes);
  void remember(std::int64_t blob, std::string_view bytes);
  const Dictionary& dictionary(std::int64_t blob);

  Database& db_;
  LazyStatement find_, insert_, load_, digest_;
  // What this process kept or looked up: the chain asks for digests right after.
  std::unordered_map<std::int64_t, Digest> digests_;
  // And the bytes, if there are few: the projections read what was just kept.
  std::unordered_map<std::int64_t, std::string> recent_;
  std::unordered_map<std::int64_t, Dictionary> dictionaries_;
  int depth_ = 0;  // of what is packed with what is packed
};

}  // namespace hookjournal
