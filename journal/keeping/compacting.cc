#include "journal/keeping/compacting.h"

#include <zdict.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journal/compression.h"
#include "journal/keeping/blob_references.h"
#include "journal/keeping/keeping_lock.h"
#include "journal/schema.h"
#include "journal/search/search_index.h"

namespace hookjournal {

namespace {

constexpr std::size_t kAtOnce = 100;     // blobs a transaction
constexpr std::int64_t kLeastSize = 64;  // of a blob, in bytes
constexpr std::int64_t kSamples = 2000;
constexpr std::size_t kLargestSample = 32 << 10;
constexpr std::size_t kDictionarySize = 64 << 10;
constexpr std::size_t kLeastSamples = 50;
constexpr std::size_t kMuchLess = 12;
// Writing the file anew is worth it from so much of it on.
constexpr double kLeastSaved = 0.15;

struct Packed {
  std::int64_t blob, encoding_before, encoding;
  std::string data;
};

class Compactor {
 public:
  explicit Compactor(JournalWriter& journal)
      : journal_(journal), db_(journal.database()), blobs_(journal.blobs()) {}

  CompactReport compact(bool only_new);

 private:
  std::int64_t dictionary();
  std::string train();
  std::vector<OwnedBlob> streams_of_guests();
  void pack_guests(const std::vector<OwnedBlob>& streams);
  void pack(std::int64_t blob, std::int64_t encoding, std::size_t stored,
            std::int64_t& base, std::optional<Dictionary>& base_dictionary);
  void write();
  void note_packed(std::int64_t newest);
  std::uint64_t file_bytes();
  void write_anew();

  JournalWriter& journal_;
  Database& db_;
  BlobStore& blobs_;
  CompactReport report_;
  std::int64_t dictionary_id_ = 0;
  std::optional<Dictionary> dictionary_;
  std::vector<Packed> packed_;
};

std::uint64_t Compactor::file_bytes() {
  return static_cast<std::uint64_t>(db_.number("pragma page_count") *
                                    db_.number("pragma page_size"));
}

// Of texts from all over the journal. Empty when there are too few, or too much alike.
std::string Compactor::train() {
  auto rows = db_.prepare(
      "select b.id from blobs b join (select distinct stdin from script_runs) r"
      " on r.stdin = b.id where b.size between 200 and ? and b.encoding < 2");
  rows.bind(1, static_cast<std::int64_t>(kLargestSample));
  std::vector<std::int64_t> ids;
  while (rows.next()) ids.push_back(rows.int64(0));
  const std::size_t step = std::max<std::size_t>(1, ids.size() / kSamples);
  std::string samples;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < ids.size(); i += step) {
    const std::string text = blobs_.load(ids[i]);
    samples += text;
    sizes.push_back(text.size());
  }
  if (sizes.size() < kLeastSamples) return {};
  // A hundredth of what it is made from: more would cost what it saves.
  std::string dictionary(std::min(kDictionarySize, samples.size() / 100), '\0');
  const std::size_t size =
      ::ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), samples.data(),
                              sizes.data(), static_cast<unsigned>(sizes.size()));
  if (::ZDICT_isError(size) != 0) return {};
  dictionary.resize(size);
  return dictionary;
}

// The journal's own, made when there is none.
std::int64_t Compactor::dictionary() {
  const auto known =
      db_.number("select cast(value as integer) from settings where key = 'dictionary'");
  if (known != 0) return known;
  const std::string trained = train();
  if (trained.empty()) return 0;
  Transaction transaction(db_, Transaction::Kind::immediate);
  const std::int64_t id = blobs_.keep(trained);
  auto set = db_.prepare(
      "insert or replace into settings (key, value) values ('dictionary', ?)");
  set.bind(1, id).run();
  seal_settings(db_);
  transaction.commit();
  return id;
}

void Compactor::pack(std::int64_t blob, std::int64_t encoding, std::size_t stored,
                     std::int64_t& base, std::optional<Dictionary>& base_dictionary) {
  const std::string bytes = blobs_.load(blob);
  Packed best{blob, encoding, 1, {}};
  const auto better = [&best](std::int64_t with, std::string data) {
    if (!data.empty() && (best.data.empty() || data.size() < best.data.size())) {
      best.encoding = with;
      best.data = std::move(data);
    }
  };
  if (base != 0 && !base_dictionary) base_dictionary.emplace(blobs_.load(base), base);
  if (base_dictionary) better(base, base_dictionary->compressed(bytes));
  // Where it differs little from the one before, no other way comes near, and they are
  // slow.
  if (best.data.empty() || best.data.size() > bytes.size() / kMuchLess) {
    better(1, compressed_hard(bytes));
    if (dictionary_) better(dictionary_id_, dictionary_->compressed(bytes));
  }
  if (best.encoding != base || base == 0) {
    // The guest has become another: what follows is like this one.
    base = blob;
    base_dictionary.emplace(bytes, blob);
  }
  if (!best.data.empty() && best.data.size() < stored) packed_.push_back(std::move(best));
}

std::vector<OwnedBlob> Compactor::streams_of_guests() {
  std::vector<OwnedBlob> streams;
  auto rows = db_.prepare(
      "select object, blob from ("
      " select c.driver || ' ' || c.object as object, r.stdin as blob from script_runs r"
      "   join calls c on c.id = r.call where r.stdin is not null"
      " union select c.driver || ' ' || c.object || ' out', r.stdout from script_runs r"
      "   join calls c on c.id = r.call where r.stdout is not null"
      " union select c.driver || ' ' || c.object || ' err', r.stderr from script_runs r"
      "   join calls c on c.id = r.call where r.stderr is not null)"
      " group by blob order by object, blob");
  while (rows.next()) streams.push_back({rows.text(0), rows.int64(1)});
  return streams;
}

// Guest by guest: what one process reads again soon stands beside it.
void Compactor::pack_guests(const std::vector<OwnedBlob>& streams) {
  std::set<std::int64_t> bases;  // these stay as they are, or what is packed with them
  {
    auto used = db_.prepare("select distinct encoding from blobs where encoding > 1");
    while (used.next()) bases.insert(used.int64(0));
  }
  const std::int64_t packed_up_to =
      db_.number("select value from settings where key = 'packed_up_to'");
  std::int64_t newest = packed_up_to;
  auto row = db_.prepare("select encoding, length(data), size from blobs where id = ?");
  std::string object;
  std::int64_t base = 0;
  std::optional<Dictionary> base_dictionary;
  for (const auto& [of, blob] : streams) {
    if (of != object) {
      object = of;
      base = 0;
      base_dictionary.reset();
    }
    newest = std::max(newest, blob);
    if (blob <= packed_up_to) {
      // The last of those that stand by themselves is what new ones are packed with.
      if (row.bind(1, blob).next() &&
          (bases.contains(blob) || row.int64(0) < 2 || row.int64(0) == dictionary_id_)) {
        base = blob;
        base_dictionary.reset();
      }
      row.reset();
      continue;
    }
    const bool loose = !bases.contains(blob) && row.bind(1, blob).next() &&
                       row.int64(0) < 2 && row.int64(2) >= kLeastSize;
    const std::int64_t encoding = loose ? row.int64(0) : 0;
    const std::size_t stored = loose ? static_cast<std::size_t>(row.int64(1)) : 0;
    row.reset();
    if (!loose) continue;
    pack(blob, encoding, stored, base, base_dictionary);
    if (packed_.size() == kAtOnce) write();
  }
  write();
  if (newest != packed_up_to) note_packed(newest);
}

void Compactor::note_packed(std::int64_t newest) {
  Transaction transaction(db_, Transaction::Kind::immediate);
  auto set = db_.prepare(
      "insert or replace into settings (key, value) values ('packed_up_to', ?)");
  set.bind(1, newest).run();
  seal_settings(db_);
  transaction.commit();
}

void Compactor::write() {
  if (packed_.empty()) return;
  Transaction transaction(db_, Transaction::Kind::immediate);
  // Only as it was read: a redaction may have come between. And with what is there.
  auto set = db_.prepare(
      "update blobs set encoding = ?1, data = ?2 where id = ?3 and encoding = ?4"
      " and (?1 = 1 or exists (select 1 from blobs b where b.id = ?1))");
  for (const Packed& one : packed_) {
    set.bind(1, one.encoding).bind_blob(2, one.data).bind(3, one.blob);
    set.bind(4, one.encoding_before).run();
    report_.packed += db_.changes();
  }
  transaction.commit();
  journal_.checkpoint_if_long();
  packed_.clear();
}

// Updated rows leave pages half empty, which only this mends.
void Compactor::write_anew() {
  const std::int64_t unused = db_.number("select sum(unused) from dbstat");
  const bool shrinks = db_.number("pragma auto_vacuum") == 2;
  if (shrinks &&
      static_cast<double>(unused) < kLeastSaved * static_cast<double>(file_bytes()))
    return;
  db_.exec("pragma auto_vacuum = incremental; vacuum");
  db_.empty_log(kLogPatience);
  report_.repacked = true;
}

CompactReport Compactor::compact(bool only_new) {
  report_.bytes_before = file_bytes();
  report_.calls = db_.number("select count(*) from calls");
  if (!only_new) sweep_blobs(db_, blobs_);
  dictionary_id_ = dictionary();
  if (dictionary_id_ != 0)
    dictionary_.emplace(blobs_.load(dictionary_id_), dictionary_id_);
  const std::vector<OwnedBlob> streams = streams_of_guests();
  pack_guests(streams);
  report_.indexed = extend_search_index(db_, blobs_, streams);
  if (only_new && report_.packed + report_.indexed == 0) return report_;
  journal_.make_durable();
  give_back_room(db_);
  if (!only_new) write_anew();
  report_.bytes_after = file_bytes();
  return report_;
}

}  // namespace

CompactReport compact(JournalWriter& journal) {
  const KeepingLock alone(journal.database().file());
  return Compactor(journal).compact(false);
}

CompactReport pack_new(JournalWriter& journal) {
  const KeepingLock alone(journal.database().file());
  return Compactor(journal).compact(true);
}

}  // namespace hookjournal
