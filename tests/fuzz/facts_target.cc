#include "journal/acceptance_fact.h"
#include "journal/context_codec.h"
#include "journal/facts_codec.h"
#include "journal/keeping/keeping_facts.h"
#include "tests/fuzz/fuzz_target.h"

using namespace hookjournal;

namespace {

// The rest of the bytes stands in for every blob.
class SomeBlob : public BlobSource {
 public:
  explicit SomeBlob(std::string_view bytes) : bytes_(bytes) {}
  std::string load(std::int64_t) override { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace

// The first byte says which fact it is; it may also be one cut at any place.
FUZZ_TARGET(facts) {
  if (bytes.empty()) return;
  const std::string_view body = bytes.substr(1);
  SomeBlob blobs(body);
  switch (static_cast<unsigned char>(bytes[0]) % 16) {
    case 1: {
      const DecodedStart start = decode_start(body, 1, &blobs);
      const std::string again =
          encode_start(start.facts, start.input, start.tree_blob, nullptr);
      promise(decode_start(again, 1, &blobs).facts.uuid == start.facts.uuid,
              "a start reads as it was written");
      break;
    }
    case 2: {
      const DecodedEnd end = decode_end(body, 1);
      const std::string again = encode_end(end.facts, end.input, end.run, nullptr);
      promise(decode_end(again, 1).facts.ending == end.facts.ending,
              "an ending reads as it was written");
      break;
    }
    case 3:
      decode_died(body, 1);
      break;
    case 4:
      decode_gap(body, 1);
      break;
    case 5:
      decode_context(body);
      break;
    case 6:
      decode_pruned(body, 1).events();
      break;
    case 7:
      decode_imported(body, 1);
      break;
    case 8:
      decode_anchored(body, 1);
      break;
    case 9:
      decode_redacted(body, 1);
      break;
    case 10:
      decode_acceptance(body, 1);
      break;
    default:
      break;
  }
}
