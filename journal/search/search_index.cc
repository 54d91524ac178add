#include "journal/search/search_index.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "engine/sha256.h"
#include "journal/search/gram_filter.h"

namespace hookjournal {

namespace {

constexpr std::size_t kMostBlobs = 256;  // of a block: what is looked through for a hit
constexpr std::size_t kMostGrams = 16384;
// Fewer of one owner wait until there are more: a block of few takes much room for each.
constexpr std::size_t kLeastBlobs = 64;
// But no more than this wait in all, or searching would take long.
constexpr std::size_t kMostWaiting = 8192;
constexpr std::size_t kBlocksAtOnce = 20;  // in a transaction
constexpr std::size_t kSealSize = 8;
constexpr std::uint64_t kMostBlobIds = std::uint64_t{1} << 32;

// The rows of the index are no facts and not in the chain, so each is sealed by itself.
std::string seal_of(std::string_view list, std::string_view filter) {
  const Digest digest = Sha256()
                            .update(std::to_string(list.size()) + " ")
                            .update(list)
                            .update(filter)
                            .finish();
  return std::string(as_bytes(digest).substr(0, kSealSize));
}

// Ascending ids as their differences.
std::string packed_list(const std::vector<std::int64_t>& blobs) {
  std::string list;
  std::int64_t before = 0;
  for (const std::int64_t blob : blobs) {
    auto step = static_cast<std::uint64_t>(blob - before);
    for (; step >= 0x80; step >>= 7) list += static_cast<char>((step & 0x7f) | 0x80);
    list += static_cast<char>(step);
    before = blob;
  }
  return list;
}

std::vector<std::int64_t> unpacked_list(std::string_view list) {
  std::vector<std::int64_t> blobs;
  std::uint64_t step = 0, blob = 0;
  unsigned shift = 0;
  for (const char c : list) {
    const auto byte = static_cast<unsigned char>(c);
    step |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    shift = std::min(shift + 7, 63U);
    if (byte >= 0x80) continue;
    blob += step;
    blobs.push_back(static_cast<std::int64_t>(blob));
    step = shift = 0;
  }
  return blobs;
}

class Extension {
 public:
  Extension(Database& db, BlobStore& blobs) : db_(db), blobs_(blobs) {}

  std::int64_t extend(const std::vector<OwnedBlob>& streams);

 private:
  void look();
  void drop(const std::vector<std::int64_t>& blocks);
  bool covered(std::int64_t blob) const {
    return static_cast<std::size_t>(blob) < covered_.size() &&
           covered_[static_cast<std::size_t>(blob)];
  }
  void add(std::int64_t blob);
  void finish_block();
  void write();

  struct Block {
    std::string list, filter;
  };

  Database& db_;
  BlobStore& blobs_;
  std::vector<bool> covered_;  // by blob
  GramFilter filter_;
  std::vector<std::int64_t> members_;
  std::vector<Block> finished_;
  std::int64_t added_ = 0;
};

void Extension::drop(const std::vector<std::int64_t>& blocks) {
  if (blocks.empty()) return;
  Transaction transaction(db_, Transaction::Kind::immediate);
  auto remove = db_.prepare("delete from search_blocks where id = ?");
  for (const std::int64_t block : blocks) remove.bind(1, block).run();
  transaction.commit();
}

// What is in a block already. One whose blobs are mostly gone is not worth its room.
void Extension::look() {
  std::vector<bool> there;
  auto rows = db_.prepare("select id from blobs not indexed order by id");
  while (rows.next()) {
    const auto blob = static_cast<std::uint64_t>(rows.int64(0));
    if (blob >= kMostBlobIds || blob < there.size())
      throw Error("journal " + db_.file().string() +
                  " is damaged: a blob has an id beyond all that were given out; "
                  "`hookjournal verify` tells more");
    there.resize(blob);
    there.push_back(true);
  }
  rows.reset();
  covered_.resize(there.size());
  std::vector<std::int64_t> poor;
  auto bad = for_each_search_block(db_, [&](const SearchBlock& block) {
    const auto left = std::ranges::count_if(block.blobs, [&](std::int64_t blob) {
      return static_cast<std::size_t>(blob) < there.size() &&
             there[static_cast<std::size_t>(blob)];
    });
    if (static_cast<std::size_t>(left) * 2 < block.blobs.size()) {
      poor.push_back(block.id);
      return;
    }
    for (const std::int64_t blob : block.blobs)
      if (static_cast<std::size_t>(blob) < covered_.size())
        covered_[static_cast<std::size_t>(blob)] = true;
  });
  poor.insert(poor.end(), bad.begin(), bad.end());
  drop(poor);
}

void Extension::add(std::int64_t blob) {
  filter_.add(blobs_.load(blob));
  members_.push_back(blob);
  if (members_.size() >= kMostBlobs || filter_.grams() >= kMostGrams) finish_block();
}

void Extension::finish_block() {
  if (members_.empty()) return;
  std::ranges::sort(members_);
  finished_.push_back({packed_list(members_), filter_.take()});
  added_ += static_cast<std::int64_t>(members_.size());
  members_.clear();
  if (finished_.size() >= kBlocksAtOnce) write();
}

void Extension::write() {
  if (finished_.empty()) return;
  Transaction transaction(db_, Transaction::Kind::immediate);
  auto insert =
      db_.prepare("insert into search_blocks (blobs, filter, seal) values (?, ?, ?)");
  for (const Block& block : finished_) {
    const std::string seal = seal_of(block.list, block.filter);
    insert.bind_blob(1, block.list).bind_blob(2, block.filter).bind_blob(3, seal).run();
  }
  transaction.commit();
  finished_.clear();
}

std::int64_t Extension::extend(const std::vector<OwnedBlob>& streams) {
  look();
  std::vector<std::int64_t> waiting, of_owner;
  const auto settle = [&] {
    if (of_owner.size() < kLeastBlobs) {
      waiting.insert(waiting.end(), of_owner.begin(), of_owner.end());
    } else {
      for (const std::int64_t blob : of_owner) add(blob);
      finish_block();
    }
    of_owner.clear();
  };
  const std::string* owner = nullptr;
  for (const OwnedBlob& stream : streams) {
    if (owner != nullptr && *owner != stream.owner) settle();
    owner = &stream.owner;
    if (!covered(stream.blob)) of_owner.push_back(stream.blob);
  }
  settle();
  if (waiting.size() > kMostWaiting) {
    for (const std::int64_t blob : waiting) add(blob);
    finish_block();
  }
  write();
  return added_;
}

}  // namespace

std::vector<std::int64_t> for_each_search_block(
    Database& db, const std::function<void(const SearchBlock&)>& visit) {
  std::vector<std::int64_t> bad;
  auto rows = db.prepare("select id, blobs, filter, seal from search_blocks order by id");
  while (rows.next()) {
    if (seal_of(rows.bytes(1), rows.bytes(2)) != rows.bytes(3))
      bad.push_back(rows.int64(0));
    else
      visit({rows.int64(0), unpacked_list(rows.bytes(1)), rows.bytes(2)});
  }
  return bad;
}

std::int64_t extend_search_index(Database& db, BlobStore& blobs,
                                 const std::vector<OwnedBlob>& streams) {
  return Extension(db, blobs).extend(streams);
}

void forget_in_search_index(Database& db, std::vector<std::int64_t> blobs) {
  std::ranges::sort(blobs);
  std::vector<std::int64_t> touched;
  auto blocks = for_each_search_block(db, [&](const SearchBlock& block) {
    if (std::ranges::any_of(block.blobs, [&blobs](std::int64_t blob) {
          return std::ranges::binary_search(blobs, blob);
        }))
      touched.push_back(block.id);
  });
  blocks.insert(blocks.end(), touched.begin(), touched.end());
  auto remove = db.prepare("delete from search_blocks where id = ?");
  for (const std::int64_t block : blocks) remove.bind(1, block).run();
}

}  // namespace hookjournal
