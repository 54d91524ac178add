#include "journal/keeping/bundle.h"

#include <algorithm>
#include <charconv>

#include "engine/error.h"
#include "journal/compression.h"
#include "journal/fields.h"

namespace hookjournal {

namespace {

// "hjbundle1 SIZE\n", then SIZE bytes of the fields below, packed if that makes them
// less.
constexpr std::string_view kMagic = "hjbundle";
constexpr int kVersion = 1;

enum Field : unsigned {
  kJournal = 1,
  kSchema = 2,
  kHead = 3,
  kDigest = 4,
  kCalls = 5,
  kBlob = 6,
  kEvent = 7,
  kSum = 8,  // SHA-256 of all fields before it
};

std::uint64_t unsigned_of(std::int64_t value) {
  return static_cast<std::uint64_t>(value);
}

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Digest digest_in(std::string_view bytes) {
  Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

std::string encode_event(const BundleEvent& event) {
  FieldWriter to;
  to.number(1, unsigned_of(event.id));
  to.number(2, unsigned_of(event.kind));
  to.signed_number(3, event.at_ns);
  to.bytes(4, event.body);
  return to.body();
}

BundleEvent decode_event(std::string_view bytes) {
  BundleEvent event;
  for (FieldReader from(bytes); from.next();) {
    if (from.field() == 1) event.id = signed_of(from.number());
    if (from.field() == 2) event.kind = signed_of(from.number());
    if (from.field() == 3) event.at_ns = from.signed_number();
    if (from.field() == 4) event.body = from.bytes();
  }
  return event;
}

}  // namespace

std::string encode_bundle(const Bundle& bundle) {
  FieldWriter to;
  to.bytes(kJournal, bundle.journal_uuid);
  to.number(kSchema, unsigned_of(bundle.schema));
  to.number(kHead, unsigned_of(bundle.head));
  to.bytes(kDigest, as_bytes(bundle.digest));
  to.number(kCalls, bundle.calls);
  for (const BundleBlob& blob : bundle.blobs)
    to.element(kBlob, std::string(as_bytes(blob.digest)).append(blob.bytes));
  for (const BundleEvent& event : bundle.events) to.element(kEvent, encode_event(event));
  to.bytes(kSum, as_bytes(sha256(to.body())));
  const std::string packed = compressed_hard(to.body());
  return std::string(kMagic) + std::to_string(kVersion) + " " +
         std::to_string(to.body().size()) + "\n" + (packed.empty() ? to.body() : packed);
}

Bundle decode_bundle(const std::string& bytes, const std::string& name) {
  const std::string_view line = std::string_view(bytes).substr(0, bytes.find('\n'));
  int version = 0;
  std::size_t size = 0;
  if (!line.starts_with(kMagic) || line.size() == bytes.size())
    throw Error(name + " is no bundle of hookjournal");
  const char* const end = line.data() + line.size();
  const auto at = std::from_chars(line.data() + kMagic.size(), end, version).ptr;
  if (version > kVersion)
    throw Error(name + " was made by a newer version; upgrade hookjournal on this host");
  if (at == end || std::from_chars(at + 1, end, size).ptr != end)
    throw Error(name + " is damaged: its first line is not as it was written");

  Bundle bundle;
  const std::string_view rest = std::string_view(bytes).substr(line.size() + 1);
  const std::string body =
      rest.size() == size ? std::string(rest) : decompressed(rest, size);
  bool whole = false;
  std::size_t before = 0;
  for (FieldReader from(body); from.next(); before = from.end_offset()) {
    if (from.field() == kJournal) bundle.journal_uuid = from.bytes();
    if (from.field() == kSchema) bundle.schema = signed_of(from.number());
    if (from.field() == kHead) bundle.head = signed_of(from.number());
    if (from.field() == kDigest) bundle.digest = digest_in(from.bytes());
    if (from.field() == kCalls) bundle.calls = from.number();
    if (from.field() == kBlob && from.bytes().size() >= sizeof(Digest))
      bundle.blobs.push_back(
          {digest_in(from.bytes()), std::string(from.bytes().substr(sizeof(Digest)))});
    if (from.field() == kEvent) bundle.events.push_back(decode_event(from.bytes()));
    if (from.field() == kSum)
      whole = from.bytes() == as_bytes(sha256(std::string_view(body).substr(0, before)));
  }
  if (!whole) throw Error(name + " is damaged: its bytes are not what was written");
  return bundle;
}

}  // namespace hookjournal
