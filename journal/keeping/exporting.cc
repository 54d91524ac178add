#include "journal/keeping/exporting.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "engine/error.h"
#include "journal/blob_store.h"
#include "journal/call_loader.h"
#include "journal/event_kind.h"
#include "journal/facts_codec.h"
#include "journal/journal.h"
#include "journal/keeping/body_references.h"
#include "journal/selection_sql.h"
#include "journal/tree_store.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kReadPatience{5000};
// A bundle is in memory as a whole, some times over, here and where it is taken in.
constexpr std::uint64_t kMostBytes = 256ULL << 20;

class Exporter {
 public:
  Exporter(Database& db, const RedactStream& streams, const RedactStream& others)
      : db_(db), blobs_(db), redact_stream_(streams), redact_other_(others) {}

  Bundle take(const Selection& selection);

 private:
  void describe();
  void find_events(const std::vector<std::int64_t>& calls);
  std::int64_t place_of(std::int64_t blob, bool tree, bool stream);

  Database& db_;
  BlobStore blobs_;
  const RedactStream& redact_stream_;
  const RedactStream& redact_other_;
  Bundle bundle_;
  std::set<std::int64_t> events_, streams_;
  std::map<std::int64_t, std::int64_t> places_;
  std::uint64_t bytes_ = 0;  // of all blobs
};

void Exporter::describe() {
  auto uuid = db_.prepare("select value from settings where key = 'journal_uuid'");
  if (uuid.next()) bundle_.journal_uuid = uuid.text(0);
  bundle_.schema = db_.number("pragma user_version");
  auto head = db_.prepare("select id, digest from events order by id desc limit 1");
  if (!head.next()) return;
  bundle_.head = head.int64(0);
  std::copy_n(head.bytes(1).begin(), std::min(head.bytes(1).size(), sizeof(Digest)),
              bundle_.digest.begin());
}

void Exporter::find_events(const std::vector<std::int64_t>& calls) {
  std::set<std::int64_t> abandoned;
  auto runs = db_.prepare(
      "select id, end_event, outcome, stdin, stdout, stderr from script_runs"
      " where call = ?");
  for (const std::int64_t call : calls) {
    runs.bind(1, call);
    while (runs.next()) {
      events_.insert(runs.int64(0));
      if (!runs.is_null(1)) events_.insert(runs.int64(1));
      if (runs.int64(2) == 3) abandoned.insert(runs.int64(0));
      for (int stream = 3; stream < 6; ++stream)
        if (!runs.is_null(stream)) streams_.insert(runs.int64(stream));
    }
  }
  if (abandoned.empty()) return;
  auto deaths = db_.prepare("select id, at_ns, body from events where kind = 3");
  while (deaths.next())
    if (abandoned.contains(decode_died(deaths.bytes(2), deaths.int64(1)).run))
      events_.insert(deaths.int64(0));
}

std::int64_t Exporter::place_of(std::int64_t blob, bool tree, bool stream) {
  const auto known = places_.find(blob);
  if (known != places_.end()) return known->second;
  std::string bytes = blobs_.load(blob);
  if (tree)
    for (const TreeEntry& entry : parse_tree(bytes))
      if (entry.kind == TreeEntry::Kind::file)
        if (const std::int64_t file = blobs_.find(from_hex(entry.digest)))
          place_of(file, false, false);
  if (stream && redact_stream_) redact_stream_(bytes);
  if (!stream && !tree && redact_other_) redact_other_(bytes);
  bytes_ += bytes.size();
  if (bytes_ > kMostBytes)
    throw Error("nothing is exported: the calls hold more than " +
                std::to_string(kMostBytes >> 20) +
                " MiB of inputs, outputs and scripts; --since and --until make parts");
  bundle_.blobs.push_back({blobs_.digest_of(blob), std::move(bytes)});
  return places_[blob] = static_cast<std::int64_t>(bundle_.blobs.size());
}

Bundle Exporter::take(const Selection& selection) {
  Transaction snapshot(db_, Transaction::Kind::deferred);
  describe();
  CallLoader loader(db_, blobs_);
  const auto calls = selected_calls(db_, selection, loader);
  bundle_.calls = calls.size();
  find_events(calls);
  auto row = db_.prepare("select kind, at_ns, body from events where id = ?");
  for (const std::int64_t id : events_) {
    if (!row.bind(1, id).next()) continue;
    const std::int64_t kind = row.int64(0);
    std::string body = with_references(row.bytes(2), [&](const FieldReader& field) {
      return place_of(field.blob_id(), is_tree(kind, field),
                      streams_.contains(field.blob_id()));
    });
    bundle_.events.push_back({id, kind, row.int64(1), std::move(body)});
    row.reset();
  }
  return std::move(bundle_);
}

}  // namespace

Bundle export_calls(const std::filesystem::path& journal, const Selection& selection,
                    const RedactStream& streams, const RedactStream& others) {
  const JournalReader opened(journal);  // explains what is no journal
  Database db(journal, Database::Mode::read, kReadPatience);
  return Exporter(db, streams, others).take(selection);
}

}  // namespace hookjournal
