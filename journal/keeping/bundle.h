#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/sha256.h"

// Calls on their way from one journal to another: one file, zstd, of framed records. What
// an event refers to travels before it.
namespace hookjournal {

struct BundleBlob {
  Digest digest{};    // as the events were chained with it
  std::string bytes;  // other bytes than the digest's when they were redacted
};

// A fact of a run. Blobs in `body` are numbered by their place in the bundle, from 1.
struct BundleEvent {
  std::int64_t id = 0;  // in the journal it comes from
  std::int64_t kind = 0, at_ns = 0;
  std::string body;
};

struct Bundle {
  std::string journal_uuid;  // it comes from; 16 raw bytes
  std::int64_t schema = 0;   // of that journal
  std::int64_t head = 0;     // its last event then, and the digest of that
  Digest digest{};
  std::uint64_t calls = 0;
  std::vector<BundleBlob> blobs;
  std::vector<BundleEvent> events;  // in order of arrival
};

std::string encode_bundle(const Bundle& bundle);
// Throws Error for what is none, is newer than this program, or damaged.
Bundle decode_bundle(const std::string& bytes, const std::string& name);

}  // namespace hookjournal
