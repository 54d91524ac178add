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
// What was replaced stands in the file until the log is brought into it.
constexpr std::chrono::milliseconds kReadersPatience{3'000};
constexpr const char* kStreams =
    "select stdin from script_runs where stdin is not null union"
    " select stdout from script_runs where stdout is not null union"
    " select stderr from script_runs where stderr is not null";

class Redaction {
 public:
  Redaction(JournalWriter& journal, const std::string& reason)
      : journal_(journal),
        db_(journal.database()),
        blobs_(journal.blobs()),
        reason_(reason) {}

  RedactReport run(const RedactStream& streams, const RedactStream& others);

 private:
  std::vector<std::int64_t> ids(const char* sql, std::int64_t of = 0);
  std::vector<std::int64_t> holding(const std::vector<std::int64_t>& blobs,
                                    const RedactStream& redact);
  void free_from(std::int64_t base);
  void drop_dictionary();
  void replace(const std::vector<std::int64_t>& found, const RedactStream& redact);

  JournalWriter& journal_;
  Database& db_;
  BlobStore& blobs_;
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

std::vector<std::int64_t> Redaction::holding(const std::vector<std::int64_t>& blobs,
                                             const RedactStream& redact) {
  std::vector<std::int64_t> found;
  if (!redact) return found;
  for (const std::int64_t blob : blobs) {
    std::string bytes = blobs_.load(blob);
    if (redact(bytes) > 0) found.push_back(blob);
  }
  return found;
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

void Redaction::replace(const std::vector<std::int64_t>& found,
                        const RedactStream& redact) {
  for (std::size_t from = 0; from < found.size(); from += kAtOnce) {
    Transaction transaction(db_, Transaction::Kind::immediate);
    if (from == 0) {
      drop_dictionary();
      forget_in_search_index(db_, found);
    }
    Redacted fact{.at = now(), .reason = reason_};
    for (std::size_t i = from; i < std::min(from + kAtOnce, found.size()); ++i) {
      std::string bytes = blobs_.load(found[i]);
      const std::uint64_t count = redact(bytes);
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

RedactReport Redaction::run(const RedactStream& streams, const RedactStream& others) {
  // Freed pages and cells keep their bytes otherwise.
  db_.exec("pragma secure_delete = on");
  replace(holding(ids(kStreams), streams), streams);
  // Scripts and contexts; a tree version is a list of paths, which must be found again.
  const std::string rest =
      std::string("select id from blobs where id not in (") + kStreams +
      ") and id not in (select tree from calls where tree is not null union"
      " select tree from trees_seen) and id <> coalesce((select value from settings"
      " where key = 'dictionary'), 0)";
  if (others) replace(holding(ids(rest.c_str()), others), others);
  if (report_.blobs == 0) return report_;
  sweep_blobs(db_, blobs_);  // the dictionary too
  journal_.make_durable();
  report_.still_in_log = !db_.empty_log(kReadersPatience);
  return report_;
}

}  // namespace

RedactReport redact_journal(JournalWriter& journal, const RedactStream& streams,
                            const std::string& reason, const RedactStream& others) {
  const KeepingLock alone(journal.database().file());
  return Redaction(journal, reason).run(streams, others);
}

}  // namespace hookjournal
