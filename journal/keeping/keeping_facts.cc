#include "journal/keeping/keeping_facts.h"

#include <algorithm>

#include "engine/error.h"
#include "journal/fields.h"

namespace hookjournal {

namespace {

std::uint64_t unsigned_of(std::int64_t value) {
  return static_cast<std::uint64_t>(value);
}

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Digest digest_in(std::string_view bytes) {
  Digest digest{};
  if (bytes.size() != digest.size())
    throw Error("the record is damaged: a digest is cut");
  std::ranges::copy(bytes, digest.begin());
  return digest;
}

std::string encode_range(const Pruned::Range& range) {
  FieldWriter to;
  to.number(1, unsigned_of(range.first));
  to.number(2, unsigned_of(range.last - range.first));
  to.bytes(3, as_bytes(range.digest));
  return to.body();
}

Pruned::Range decode_range(std::string_view body) {
  Pruned::Range range;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) range.first = signed_of(from.number());
    if (from.field() == 2) range.last = signed_of(from.number());
    if (from.field() == 3) range.digest = digest_in(from.bytes());
  }
  range.last += range.first;
  return range;
}

}  // namespace

std::uint64_t Pruned::events() const {
  std::uint64_t count = 0;
  for (const Range& range : ranges) count += unsigned_of(range.last - range.first + 1);
  return count;
}

std::string encode_pruned(const Pruned& facts) {
  FieldWriter to;
  to.number(1, unsigned_of(facts.at.boot_ns));
  to.bytes(2, facts.boot_id);
  for (const auto& range : facts.ranges) to.element(3, encode_range(range));
  to.number(4, facts.calls);
  to.bytes(5, facts.reason);
  to.number(6, facts.clock_confirmed ? 1 : 0);
  to.number(7, facts.events());
  return to.body();
}

Pruned decode_pruned(std::string_view body, std::int64_t wall_ns) {
  Pruned facts;
  facts.at.wall_ns = wall_ns;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) facts.at.boot_ns = signed_of(from.number());
    if (from.field() == 2) facts.boot_id = from.bytes();
    if (from.field() == 3) facts.ranges.push_back(decode_range(from.bytes()));
    if (from.field() == 4) facts.calls = from.number();
    if (from.field() == 5) facts.reason = from.bytes();
    if (from.field() == 6) facts.clock_confirmed = from.number() != 0;
  }
  return facts;
}

std::string encode_redacted(const Redacted& facts) {
  FieldWriter to;
  to.number(1, unsigned_of(facts.at.boot_ns));
  for (const auto& blob : facts.blobs)
    to.element(2,
               std::string(as_bytes(blob.original)).append(as_bytes(blob.replacement)));
  to.number(3, facts.secrets);
  to.bytes(4, facts.reason);
  return to.body();
}

Redacted decode_redacted(std::string_view body, std::int64_t wall_ns) {
  Redacted facts;
  facts.at.wall_ns = wall_ns;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) facts.at.boot_ns = signed_of(from.number());
    if (from.field() == 2)
      facts.blobs.push_back({digest_in(from.bytes().substr(0, sizeof(Digest))),
                             digest_in(from.bytes().substr(
                                 std::min(sizeof(Digest), from.bytes().size())))});
    if (from.field() == 3) facts.secrets = from.number();
    if (from.field() == 4) facts.reason = from.bytes();
  }
  return facts;
}

std::string encode_imported(const Imported& facts) {
  FieldWriter to;
  to.number(1, unsigned_of(facts.at.boot_ns));
  to.bytes(2, facts.journal_uuid);
  to.number(3, unsigned_of(facts.head));
  to.bytes(4, as_bytes(facts.digest));
  to.number(5, facts.runs);
  to.number(6, facts.branch ? 1 : 0);
  return to.body();
}

Imported decode_imported(std::string_view body, std::int64_t wall_ns) {
  Imported facts;
  facts.at.wall_ns = wall_ns;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) facts.at.boot_ns = signed_of(from.number());
    if (from.field() == 2) facts.journal_uuid = from.bytes();
    if (from.field() == 3) facts.head = signed_of(from.number());
    if (from.field() == 4) facts.digest = digest_in(from.bytes());
    if (from.field() == 5) facts.runs = from.number();
    if (from.field() == 6) facts.branch = from.number() != 0;
  }
  return facts;
}

std::string encode_anchored(const Anchored& facts) {
  FieldWriter to;
  to.number(1, unsigned_of(facts.at.boot_ns));
  to.number(2, unsigned_of(facts.event));
  to.bytes(3, as_bytes(facts.digest));
  to.bytes(4, facts.where);
  return to.body();
}

Anchored decode_anchored(std::string_view body, std::int64_t wall_ns) {
  Anchored facts;
  facts.at.wall_ns = wall_ns;
  for (FieldReader from(body); from.next();) {
    if (from.field() == 1) facts.at.boot_ns = signed_of(from.number());
    if (from.field() == 2) facts.event = signed_of(from.number());
    if (from.field() == 3) facts.digest = digest_in(from.bytes());
    if (from.field() == 4) facts.where = from.bytes();
  }
  return facts;
}

}  // namespace hookjournal
