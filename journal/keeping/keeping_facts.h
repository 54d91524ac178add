#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sha256.h"
#include "journal/facts.h"

// What upkeep does to a journal, as facts of its own: the chain stays verifiable because
// they say what is no longer as it was.
namespace hookjournal {

// Events that were removed. The newest such event lists all that is missing from the
// journal; those before it are removed with what they told of.
struct Pruned {
  struct Range {
    std::int64_t first = 0, last = 0;  // ids of events, none of them there any more
    Digest digest{};                   // of the last: what follows is chained to it
    bool operator==(const Range&) const = default;
  };
  Moment at;
  std::string boot_id;
  std::vector<Range> ranges;  // ascending, with events between them
  std::uint64_t calls = 0;    // of all time
  std::string reason;         // "older than 30 days"
  // A person has said that the clock is right: what it showed before does not matter.
  bool clock_confirmed = false;

  std::uint64_t events() const;  // that are missing
};

// A blob's content was replaced by one of the same length; its row keeps the digest the
// events were chained with.
struct Redacted {
  struct Blob {
    Digest original{}, replacement{};
  };
  Moment at;
  std::vector<Blob> blobs;
  std::uint64_t secrets = 0;  // replaced in them
  std::string reason;
};

// Runs that came from another journal. Their events follow this one.
struct Imported {
  Moment at;
  std::string journal_uuid;  // of the other, 16 raw bytes
  std::int64_t head = 0;     // the last event of the other, and its digest
  Digest digest{};
  std::uint64_t runs = 0;
  // The other is this journal as it went on elsewhere, after a snapshot was restored.
  bool branch = false;
};

// A head was noted elsewhere.
struct Anchored {
  Moment at;
  std::int64_t event = 0;
  Digest digest{};
  std::string where;
};

std::string encode_pruned(const Pruned& facts);
Pruned decode_pruned(std::string_view body, std::int64_t wall_ns);
std::string encode_redacted(const Redacted& facts);
Redacted decode_redacted(std::string_view body, std::int64_t wall_ns);
std::string encode_imported(const Imported& facts);
Imported decode_imported(std::string_view body, std::int64_t wall_ns);
std::string encode_anchored(const Anchored& facts);
Anchored decode_anchored(std::string_view body, std::int64_t wall_ns);

}  // namespace hookjournal
