#include "engine/sha256.h"
#include "journal/fields.h"
#include "journal/keeping/bundle.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

namespace {

// Bytes that do not begin as a bundle are the fields of one, and get head and sum, which
// chance would not find.
std::string whole(std::string_view bytes) {
  if (bytes.starts_with("hjbundle")) return std::string(bytes);
  constexpr unsigned kSum = 8;
  FieldWriter sum;
  sum.bytes(kSum, as_bytes(sha256(bytes)));
  const std::string fields = std::string(bytes) + sum.body();
  return "hjbundle1 " + std::to_string(fields.size()) + "\n" + fields;
}

}  // namespace

FUZZ_TARGET(bundle) {
  const Bundle bundle = decode_bundle(whole(bytes), "fuzzed");
  const Bundle again = decode_bundle(encode_bundle(bundle), "written again");
  promise(again.events.size() == bundle.events.size() &&
              again.blobs.size() == bundle.blobs.size() && again.head == bundle.head,
          "a bundle reads as it was written");
}
