#include "journal/keeping/importing.h"

#include <functional>
#include <map>
#include <vector>

#include "engine/error.h"
#include "journal/event_kind.h"
#include "journal/facts_codec.h"
#include "journal/keeping/body_references.h"
#include "journal/keeping/keeping_facts.h"
#include "journal/keeping/keeping_lock.h"
#include "journal/projection.h"

namespace hookjournal {

namespace {

// A fact, wherever it is kept: blobs by their digests, without the run's number.
Digest portable_digest(std::int64_t kind, std::int64_t at_ns, std::string_view body,
                       const std::function<Digest(std::int64_t)>& digest_of) {
  Sha256 hash;
  hash.update(std::to_string(kind) + " " + std::to_string(at_ns) + " ");
  const std::string plain = with_run(kind, body, 0);
  hash.update(with_references(plain, [](const FieldReader&) { return 0; }));
  for (FieldReader fields(plain); fields.next();)
    if (fields.is_blob()) hash.update(as_bytes(digest_of(fields.blob_id())));
  return hash.finish();
}

class Importer {
 public:
  Importer(JournalWriter& journal, const Bundle& bundle)
      : journal_(journal),
        db_(journal.database()),
        blobs_(journal.blobs()),
        bundle_(bundle),
        projection_(db_, blobs_) {}

  ImportReport take_in();

 private:
  struct Known {
    std::int64_t start = 0, end = 0;
  };

  const BundleBlob& blob(std::int64_t place) const;
  bool is_branch();
  Known known(const std::string& uuid);
  void compare(const BundleEvent& event, std::int64_t with);
  void sort_out();
  std::int64_t keep(std::int64_t place);
  void append(const BundleEvent& event);

  JournalWriter& journal_;
  Database& db_;
  BlobStore& blobs_;
  const Bundle& bundle_;
  Projection projection_;
  ImportReport report_;
  std::map<std::int64_t, std::int64_t> runs_;  // theirs to ours
  std::vector<const BundleEvent*> fresh_;
  std::map<std::int64_t, std::int64_t> kept_;  // place to blob
  Redacted redacted_;
};

const BundleBlob& Importer::blob(std::int64_t place) const {
  if (place < 1 || static_cast<std::size_t>(place) > bundle_.blobs.size())
    throw Error("the bundle is damaged: an event refers to what is not in it");
  return bundle_.blobs[static_cast<std::size_t>(place) - 1];
}

bool Importer::is_branch() {
  const Anchor ours = journal_.head();
  if (to_hex(bundle_.journal_uuid) != ours.journal) return false;
  auto event = db_.prepare("select digest from events where id = ?");
  return !event.bind(1, bundle_.head).next() ||
         event.bytes(0) != as_bytes(bundle_.digest);
}

Importer::Known Importer::known(const std::string& uuid) {
  auto run = db_.prepare("select id, end_event from script_runs where uuid = ?");
  if (!run.bind_blob(1, uuid).next()) return {};
  return {run.int64(0), run.is_null(1) ? 0 : run.int64(1)};
}

void Importer::compare(const BundleEvent& event, std::int64_t with) {
  auto ours = db_.prepare("select kind, at_ns, body from events where id = ?");
  const bool there = ours.bind(1, with).next();
  const auto here = [this](std::int64_t id) { return blobs_.digest_of(id); };
  const auto in_bundle = [this](std::int64_t place) { return blob(place).digest; };
  if (there && portable_digest(event.kind, event.at_ns, event.body, in_bundle) ==
                   portable_digest(ours.int64(0), ours.int64(1), ours.bytes(2), here))
    return;
  throw Error("nothing is imported: event " + std::to_string(event.id) +
              " of the bundle is of a run that this journal has as event " +
              std::to_string(with) +
              ", with other facts; one of the two journals was "
              "changed, `hookjournal verify` may tell which");
}

// What is here already, and whether it is the same.
void Importer::sort_out() {
  std::map<std::int64_t, Known> theirs;
  for (const BundleEvent& event : bundle_.events) {
    if (event.kind == kRunStarted) {
      std::string uuid;
      for (FieldReader fields(event.body); fields.next();)
        if (fields.field() == 1) uuid = fields.bytes();
      const Known ours = known(uuid);
      theirs[event.id] = ours;
      if (ours.start == 0) {
        fresh_.push_back(&event);
        continue;
      }
      compare(event, ours.start);
      runs_[event.id] = ours.start;
      ++report_.known;
      continue;
    }
    if (event.kind != kRunEnded && event.kind != kRecorderDied) continue;
    const auto run = theirs.find(run_in(event.kind, event.body));
    if (run == theirs.end())
      throw Error("the bundle is damaged: a run ends in it that does not begin");
    const Known& ours = run->second;
    if (ours.start != 0 && event.kind == kRecorderDied) continue;
    if (ours.end != 0) {
      compare(event, ours.end);
      continue;
    }
    if (ours.start != 0) ++report_.ended;
    fresh_.push_back(&event);
  }
}

std::int64_t Importer::keep(std::int64_t place) {
  if (const auto known = kept_.find(place); known != kept_.end()) return known->second;
  const BundleBlob& one = blob(place);
  const Digest content = sha256(one.bytes);
  std::int64_t id = blobs_.find(one.digest);
  if (id == 0 && content == one.digest) id = blobs_.keep(one.bytes);
  if (id == 0) {
    id = blobs_.keep_replaced(one.digest, one.bytes);
    redacted_.blobs.push_back({one.digest, content});
  }
  return kept_[place] = id;
}

void Importer::append(const BundleEvent& event) {
  std::string body = with_references(
      event.body, [this](const FieldReader& field) { return keep(field.blob_id()); });
  if (event.kind != kRunStarted)
    body = with_run(event.kind, body, runs_.at(run_in(event.kind, body)));
  const std::int64_t id = journal_.note(event.kind, {event.at_ns, 0}, body);
  if (event.kind == kRunStarted) {
    runs_[event.id] = id;
    ++report_.runs;
    projection_.started(id, decode_start(body, event.at_ns, &blobs_));
  } else if (event.kind == kRunEnded) {
    projection_.ended(id, decode_end(body, event.at_ns));
  } else {
    projection_.died(decode_died(body, event.at_ns));
  }
}

ImportReport Importer::take_in() {
  Transaction transaction(db_, Transaction::Kind::immediate);
  report_.branch = is_branch();
  sort_out();
  if (fresh_.empty()) return report_;
  Imported fact{.at = now(),
                .journal_uuid = bundle_.journal_uuid,
                .head = bundle_.head,
                .digest = bundle_.digest,
                .branch = report_.branch};
  for (const BundleEvent* event : fresh_) fact.runs += event->kind == kRunStarted ? 1 : 0;
  journal_.note(kImported, fact.at, encode_imported(fact));
  // Files of trees: no event refers to them.
  for (std::size_t place = 1; place <= bundle_.blobs.size(); ++place)
    keep(static_cast<std::int64_t>(place));
  if (!redacted_.blobs.empty()) {
    redacted_.at = now();
    redacted_.reason = "had been redacted before they were imported";
    report_.replaced = redacted_.blobs.size();
    journal_.note(kRedacted, redacted_.at, encode_redacted(redacted_));
  }
  for (const BundleEvent* event : fresh_) append(*event);
  transaction.commit();
  return report_;
}

}  // namespace

ImportReport import_bundle(JournalWriter& journal, const Bundle& bundle) {
  const KeepingLock alone(journal.database().file());
  try {
    const ImportReport report = Importer(journal, bundle).take_in();
    journal.make_durable();
    journal.checkpoint_if_long();
    return report;
  } catch (...) {
    journal.blobs().forget();
    throw;
  }
}

}  // namespace hookjournal
