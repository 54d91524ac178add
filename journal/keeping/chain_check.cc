#include "journal/keeping/chain_check.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "journal/chain.h"
#include "journal/event_kind.h"

namespace hookjournal {

namespace {

// The digests of all blobs by their ids, in pages: 32 bytes a blob, and little for the
// ids that retention has left unused.
class BlobDigests {
 public:
  explicit BlobDigests(Database& db) {
    // Read from the index over the digests, for the table has the blobs between them.
    auto rows =
        db.prepare("select id, sha256 from blobs indexed by sqlite_autoindex_blobs_1");
    while (rows.next()) {
      const std::string_view bytes = rows.bytes(1);
      if (bytes.size() == sizeof(Digest) && rows.int64(0) >= 0)
        std::ranges::copy(bytes, at(rows.int64(0)).begin());
    }
  }

  const Digest& of(std::int64_t blob) const {
    const auto page = pages_.find(blob / kPage);
    static constexpr Digest kNone{};
    const Digest& digest = page == pages_.end()
                               ? kNone
                               : (*page->second)[static_cast<std::size_t>(blob % kPage)];
    if (digest == kNone)
      throw Error("it refers to blob " + std::to_string(blob) + ", which is missing");
    return digest;
  }

 private:
  static constexpr std::int64_t kPage = 1024;
  using Page = std::array<Digest, kPage>;

  Digest& at(std::int64_t blob) {
    std::unique_ptr<Page>& page = pages_[blob / kPage];
    if (!page) page = std::make_unique<Page>();
    return (*page)[static_cast<std::size_t>(blob % kPage)];
  }

  std::unordered_map<std::int64_t, std::unique_ptr<Page>> pages_;
};

struct Event {
  EventHead head;
  std::string body;
  Digest digest{};
};

std::optional<Digest> digest_in(std::string_view bytes) {
  Digest digest{};
  if (bytes.size() != digest.size()) return {};
  std::ranges::copy(bytes, digest.begin());
  return digest;
}

class ChainWalk {
 public:
  ChainWalk(Database& db, const std::vector<std::int64_t>& wanted)
      : db_(db), blobs_(db), wanted_(wanted.begin(), wanted.end()) {}

  ChainReport walk();

 private:
  // The predecessor of `after` is not there: what it was chained to is told by a later
  // event, if at all.
  struct Hole {
    std::int64_t first = 0;
    Event after;
  };

  void step(const Statement& row);
  void take_facts(const EventHead& head, std::string_view body);
  void fill_holes();
  void check(const Digest& predecessor, const EventHead& head, std::string_view body,
             const std::optional<Digest>& digest);
  void find(std::int64_t event, const std::string& what);

  Database& db_;
  BlobDigests blobs_;
  std::set<std::int64_t> wanted_;
  ChainReport report_;
  std::vector<Hole> holes_;
  std::map<std::int64_t, std::string> bad_;
  std::size_t bad_count_ = 0;
  Digest predecessor_{};
};

void ChainWalk::find(std::int64_t event, const std::string& what) {
  ++bad_count_;
  bad_.emplace(event, what);
  if (bad_.size() > DamageList::kMostListed) bad_.erase(std::prev(bad_.end()));
}

void ChainWalk::check(const Digest& predecessor, const EventHead& head,
                      std::string_view body, const std::optional<Digest>& digest) {
  try {
    const Digest expected = chained_digest(
        predecessor, head, body, [this](std::int64_t blob) { return blobs_.of(blob); });
    if (digest != expected)
      find(head.id,
           "its digest does not fit: it, the one before it or a blob it "
           "refers to was changed");
  } catch (const Error& error) {
    find(head.id, error.what());
  }
}

// What the journal itself says is no longer as it was.
void ChainWalk::take_facts(const EventHead& head, std::string_view body) {
  try {
    if (head.kind == kPruned) report_.pruned = decode_pruned(body, head.at_ns);
    if (head.kind == kRedacted)
      for (const auto& blob : decode_redacted(body, head.at_ns).blobs)
        report_.replaced[blob.original] = blob.replacement;
  } catch (const Error&) {
    // Its digest does not fit either.
  }
}

void ChainWalk::step(const Statement& row) {
  const EventHead head{row.int64(0), row.int64(1), row.int64(2)};
  const std::string_view body = row.bytes(3);
  const auto digest = digest_in(row.bytes(4));
  take_facts(head, body);
  if (head.id == report_.last + 1)
    check(predecessor_, head, body, digest);
  else
    holes_.push_back(
        {report_.last + 1, {head, std::string(body), digest.value_or(Digest{})}});
  if (report_.events == 0) report_.first = head.id;
  ++report_.events;
  report_.last = head.id;
  // From here on the chain is judged by what is written, or one change would condemn all
  // that follows.
  predecessor_ = digest.value_or(Digest{});
  if (wanted_.contains(head.id)) report_.digests[head.id] = predecessor_;
}

void ChainWalk::fill_holes() {
  std::map<std::int64_t, const Pruned::Range*> removed;
  for (const auto& range : report_.pruned.ranges) {
    removed[range.first] = &range;
    if (wanted_.contains(range.last)) report_.digests[range.last] = range.digest;
  }
  for (const Hole& hole : holes_) {
    const std::int64_t last = hole.after.head.id - 1;
    const auto range = removed.find(hole.first);
    if (range != removed.end() && range->second->last == last) {
      check(range->second->digest, hole.after.head, hole.after.body, hole.after.digest);
      continue;
    }
    const bool one = hole.first == last;
    find(hole.first, (one ? "it is missing"
                          : "it and all up to " + std::to_string(last) + " are missing") +
                         std::string(", and no record says that they were pruned"));
  }
}

ChainReport ChainWalk::walk() {
  auto events =
      db_.prepare("select id, kind, at_ns, body, digest from events order by id");
  while (events.next()) step(events);
  fill_holes();
  report_.head = predecessor_;
  report_.whole_up_to = bad_.empty() ? report_.last : bad_.begin()->first - 1;
  for (const auto& [event, what] : bad_)
    report_.damage.add({Damage::Place::event, event, what});
  report_.damage.add_unlisted(bad_count_ - bad_.size());
  return std::move(report_);
}

}  // namespace

ChainReport check_chain(Database& db, const std::vector<std::int64_t>& wanted) {
  // Of one moment: an event that is written meanwhile refers to blobs not yet seen.
  const Transaction moment(db, Transaction::Kind::deferred);
  return ChainWalk(db, wanted).walk();
}

}  // namespace hookjournal
