#include "journal/keeping/redacting.h"

#include <vector>

#include "engine/error.h"
#include "journal/event_kind.h"
#include "journal/keeping/blob_references.h"
#include "journal/keeping/keeping_facts.h"
#include "journal/keeping/keeping_lock.h"
#include "journal/schema.h"
#include "journal/search/search_index.h"

namespace hookjournal {

namespace {

constexpr std::size_t kAtOnce = 100;

class Redaction {
 public:
  Redaction(JournalWriter& journal, const RedactStream& redact, const std::string& reason)
      : journal_(journal),
        db_(journal.database()),
        blobs_(journal.blobs()),
        redact_(redact),
        reason_(reason) {}

  RedactReport run();

 private:
  std::vector<std::int64_t> ids(const char* sql, std::int64_t of = 0);
  bool holds_secret(std::int64_t blob);
  void free_from(std::int64_t base);
  void drop_dictionary();
  void replace(const std::vector<std::int64_t>& found);

  JournalWriter& journal_;
  Database& db_;
  BlobStore& blobs_;
  const RedactStream& redact_;
  const std::string& reason_;
  RedactReport report_;
};

std::vector<std::int64_t> Redaction::ids(const char* sql, std::int64_t of) {
  std::vector<std::int64_t> found;
  auto rows = db_.prepare(sql);
  if (of != 0) rows.bind(1, of);
  while (rows.next()) found.push_back(rows.int64(0));
  return found;
}

bool Redaction::holds_secret(std::int64_t blob) {
  std::string bytes = blobs_.load(blob);
  return redact_(bytes) > 0;
}

// What is packed with a blob stands by itself from here on. In a transaction.
void Redaction::free_from(std::int64_t base) {
  for (const std::int64_t blob : ids("select id from blobs where encoding = ?", base))
    blobs_.replace(blob, blobs_.load(blob));
}

// A dictionary is made of pieces of the texts it was trained on, and may hold a secret
// in part: it goes whenever anything was found. The next `compact` makes another.
void Redaction::drop_dictionary() {
  const std::int64_t dictionary =
      db_.number("select value from settings where key = 'dictionary'");
  if (dictionary == 0) return;
  free_from(dictionary);
  db_.exec("delete from settings where key = 'dictionary'");
  seal_settings(db_);
}

void Redaction::replace(const std::vector<std::int64_t>& found) {
  for (std::size_t from = 0; from < found.size(); from += kAtOnce) {
    Transaction transaction(db_, Transaction::Kind::immediate);
    if (from == 0) {
      drop_dictionary();
      forget_in_search_index(db_, found);
    }
    Redacted fact{.at = now(), .reason = reason_};
    for (std::size_t i = from; i < std::min(from + kAtOnce, found.size()); ++i) {
      std::string bytes = blobs_.load(found[i]);
      const std::uint64_t count = redact_(bytes);
      if (count == 0) continue;
      free_from(found[i]);
      blobs_.replace(found[i], bytes);
      fact.blobs.push_back({blobs_.digest_of(found[i]), sha256(bytes)});
      fact.secrets += count;
    }
    journal_.note(kRedacted, fact.at, encode_redacted(fact));
    transaction.commit();
    blobs_.forget();
    report_.blobs += fact.blobs.size();
    report_.secrets += fact.secrets;
  }
}

RedactReport Redaction::run() {
  // Freed pages and cells keep their bytes otherwise.
  db_.exec("pragma secure_delete = on");
  std::vector<std::int64_t> found;
  for (const std::int64_t blob :
       ids("select stdin from script_runs where stdin is not null union"
           " select stdout from script_runs where stdout is not null union"
           " select stderr from script_runs where stderr is not null"))
    if (holds_secret(blob)) found.push_back(blob);
  if (found.empty()) return report_;
  replace(found);
  sweep_blobs(db_, blobs_);  // the dictionary too
  journal_.make_durable();
  db_.number("pragma wal_checkpoint(truncate)");
  return report_;
}

}  // namespace

RedactReport redact_journal(JournalWriter& journal, const RedactStream& redact,
                            const std::string& reason) {
  const KeepingLock alone(journal.database().file());
  return Redaction(journal, redact, reason).run();
}

}  // namespace hookjournal
