#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "engine/sha256.h"

namespace hookjournal {

struct EventHead {
  std::int64_t id = 0;
  std::int64_t kind = 0;
  std::int64_t at_ns = 0;
};

// The digest that ties an event to all before it:
//   SHA-256(predecessor's digest, id, kind, at_ns (8 bytes each, little-endian), fields)
// where each reference to a blob counts as the blob's SHA-256, so that the content is
// bound and not its place in a table. The first event's predecessor is 32 zero bytes.
Digest chained_digest(const Digest& predecessor, const EventHead& head,
                      std::string_view body,
                      const std::function<Digest(std::int64_t)>& digest_of_blob);

}  // namespace hookjournal
