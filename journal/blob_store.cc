#include "journal/blob_store.h"

#include <algorithm>

#include "journal/compression.h"

namespace hookjournal {

namespace {

constexpr std::size_t kLargestRemembered = 64 << 10;
constexpr std::size_t kMostRemembered = 32;
// Each guest has one or two of its own, and in the order of time they take turns: some
// 40 KiB each.
constexpr std::size_t kMostDictionaries = 512;
constexpr int kMostDepth = 3;

}  // namespace

BlobStore::BlobStore(Database& db)
    : db_(db),
      find_(db, "select id from blobs where sha256 = ?"),
      insert_(db, "insert into blobs (sha256, size, encoding, data) values (?, ?, ?, ?)"),
      load_(db, "select encoding, size, data from blobs where id = ?"),
      digest_(db, "select sha256, size from blobs where id = ?") {}

std::int64_t BlobStore::find(const Digest& digest) {
  find_->bind_blob(1, as_bytes(digest));
  const std::int64_t id = find_->next() ? find_->int64(0) : 0;
  find_->reset();
  return id;
}

std::int64_t BlobStore::keep(std::string_view bytes) {
  const Digest digest = sha256(bytes);
  std::int64_t id = find(digest);
  if (id == 0) id = insert(digest, bytes);
  if (digests_.size() > kMostRemembered) digests_.clear();
  digests_[id] = digest;
  remember(id, bytes);
  return id;
}

std::int64_t BlobStore::insert(const Digest& digest, std::string_view bytes) {
  const std::string small = compressed(bytes);
  insert_->bind_blob(1, as_bytes(digest))
      .bind(2, static_cast<std::int64_t>(bytes.size()));
  insert_->bind(3, std::int64_t{small.empty() ? 0 : 1});
  insert_->bind_blob(4, small.empty() ? bytes : std::string_view(small)).run();
  return db_.last_insert_id();
}

std::int64_t BlobStore::keep_replaced(const Digest& digest, std::string_view bytes) {
  return insert(digest, bytes);
}

void BlobStore::replace(std::int64_t blob, std::string_view bytes) {
  const std::string small = compressed_hard(bytes);
  auto set = db_.prepare("update blobs set encoding = ?, data = ? where id = ?");
  set.bind(1, std::int64_t{small.empty() ? 0 : 1});
  set.bind_blob(2, small.empty() ? bytes : std::string_view(small)).bind(3, blob).run();
  forget();
}

void BlobStore::remember(std::int64_t blob, std::string_view bytes) {
  if (bytes.size() > kLargestRemembered) return;
  if (recent_.size() > kMostRemembered) recent_.clear();
  recent_.insert_or_assign(blob, std::string(bytes));
}

void BlobStore::forget() {
  digests_.clear();
  recent_.clear();
  dictionaries_.clear();
}

std::string BlobStore::load(std::int64_t blob) {
  const auto known = recent_.find(blob);
  if (known != recent_.end()) return known->second;
  load_->bind(1, blob);
  if (!load_->next())
    throw Error("journal " + db_.file().string() + " is damaged: blob " +
                std::to_string(blob) + " is missing");
  std::string bytes =
      unpack(load_->int64(0), load_->bytes(2), static_cast<std::size_t>(load_->int64(1)));
  load_->reset();
  return bytes;
}

std::string BlobStore::unpack(std::int64_t encoding, std::string_view data,
                              std::size_t size) {
  if (encoding == 0) return std::string(data);
  if (encoding == 1) return decompressed(data, size);
  return dictionary(encoding).decompressed(data, size);
}

const Dictionary& BlobStore::dictionary(std::int64_t blob) {
  const auto known = dictionaries_.find(blob);
  if (known != dictionaries_.end()) return known->second;
  // Damage may make a circle of them.
  if (depth_ == kMostDepth)
    throw Error("journal " + db_.file().string() + " is damaged: blob " +
                std::to_string(blob) + " is packed with what is packed with it");
  ++depth_;
  std::string bytes;
  try {
    // With a statement of its own: that of load() may be in use for who needs this.
    auto row = db_.prepare("select encoding, size, data from blobs where id = ?");
    if (blob < 0 || !row.bind(1, blob).next())
      throw Error("journal " + db_.file().string() + " is damaged: blob " +
                  std::to_string(blob) + ", which others are packed with, is missing");
    bytes = unpack(row.int64(0), row.bytes(2), static_cast<std::size_t>(row.int64(1)));
  } catch (...) {
    --depth_;
    throw;
  }
  --depth_;
  if (dictionaries_.size() > kMostDictionaries) dictionaries_.clear();
  return dictionaries_.emplace(blob, Dictionary(bytes, blob)).first->second;
}

Digest BlobStore::digest_of(std::int64_t blob) {
  const auto known = digests_.find(blob);
  if (known != digests_.end()) return known->second;
  digest_->bind(1, blob);
  Digest digest{};
  if (!digest_->next() || digest_->bytes(0).size() != digest.size())
    throw Error("journal " + db_.file().string() + " is damaged: blob " +
                std::to_string(blob) + " has no digest");
  std::ranges::copy(digest_->bytes(0), digest.begin());
  digest_->reset();
  return digest;
}

std::int64_t BlobStore::size_of(std::int64_t blob) {
  if (blob == 0) return 0;
  digest_->bind(1, blob);
  const std::int64_t size = digest_->next() ? digest_->int64(1) : 0;
  digest_->reset();
  return size;
}

}  // namespace hookjournal
