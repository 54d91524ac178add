#include "journal/keeping/blob_references.h"

#include "engine/error.h"
#include "journal/event_kind.h"
#include "journal/fields.h"
#include "journal/tree_store.h"

namespace hookjournal {

namespace {

constexpr std::size_t kAtOnce = 500;
constexpr std::int64_t kPagesAtOnce = 500;
// In a run's start event (journal/facts_codec.cc).
constexpr unsigned kTreeField = 13;

}  // namespace

BlobReferences::BlobReferences(Database& db, BlobStore& blobs) : db_(db), blobs_(blobs) {}

void BlobReferences::need(std::int64_t blob) {
  const auto place = static_cast<std::size_t>(blob);
  // Ids beyond are of blobs that came since; they are not asked for.
  if (place < needed_.size()) needed_[place] = true;
}

bool BlobReferences::needed(std::int64_t blob) const {
  const auto place = static_cast<std::size_t>(blob);
  return place >= needed_.size() || needed_[place];
}

void BlobReferences::need_tree(std::int64_t blob) {
  const auto place = static_cast<std::size_t>(blob);
  if (place >= needed_.size() || is_tree_[place]) return;
  is_tree_[place] = needed_[place] = true;
  for (const TreeEntry& entry : parse_tree(blobs_.load(blob)))
    if (entry.kind == TreeEntry::Kind::file)
      if (const std::int64_t file = blobs_.find(from_hex(entry.digest))) need(file);
}

void BlobReferences::look() {
  if (needed_.empty()) {
    const std::int64_t highest = db_.number("select max(id) from blobs");
    if (highest > std::int64_t{1} << 32)
      throw Error("journal " + db_.file().string() +
                  " is damaged: a blob has an id beyond all that were given out; "
                  "`hookjournal verify` tells more");
    needed_.resize(static_cast<std::size_t>(highest) + 1);
    is_tree_.resize(needed_.size());
    need(highest);  // or its id would be given out again
  }
  auto events = db_.prepare("select id, kind, body from events where id > ? order by id");
  events.bind(1, looked_up_to_);
  while (events.next()) {
    looked_up_to_ = events.int64(0);
    const bool start = events.int64(1) == kRunStarted;
    for (FieldReader fields(events.bytes(2)); fields.next();) {
      if (!fields.is_blob()) continue;
      if (start && fields.field() == kTreeField)
        need_tree(fields.blob_id());
      else
        need(fields.blob_id());
    }
  }
  auto trees = db_.prepare("select tree from trees_seen");
  while (trees.next()) need_tree(trees.int64(0));
  auto bases = db_.prepare("select distinct encoding from blobs where encoding > 1");
  while (bases.next()) need(bases.int64(0));
  need(db_.number("select value from settings where key = 'dictionary'"));
}

std::int64_t sweep_blobs(Database& db, BlobStore& blobs) {
  BlobReferences references(db, blobs);
  references.look();
  std::vector<std::int64_t> unneeded;
  {
    auto rows = db.prepare("select id from blobs not indexed order by id");
    while (rows.next())
      if (!references.needed(rows.int64(0))) unneeded.push_back(rows.int64(0));
  }
  std::int64_t removed = 0;
  auto remove = db.prepare("delete from blobs where id = ?");
  for (std::size_t from = 0; from < unneeded.size(); from += kAtOnce) {
    Transaction transaction(db, Transaction::Kind::immediate);
    references.look();  // under the lock: what hooks have found use for meanwhile
    for (std::size_t i = from; i < std::min(from + kAtOnce, unneeded.size()); ++i) {
      if (references.needed(unneeded[i])) continue;
      remove.bind(1, unneeded[i]).run();
      ++removed;
    }
    transaction.commit();
    blobs.forget();
  }
  return removed;
}

void give_back_room(Database& db) {
  const std::string some =
      "pragma incremental_vacuum(" + std::to_string(kPagesAtOnce) + ")";
  if (db.number("pragma auto_vacuum") == 2) {
    for (std::int64_t free = db.number("pragma freelist_count"); free > 0;) {
      db.exec(some.c_str());
      const std::int64_t left = db.number("pragma freelist_count");
      if (left >= free) break;
      free = left;
    }
  }
  db.empty_log(kLogPatience);
}

}  // namespace hookjournal
