#pragma once

#include <optional>
#include <string>

#include "journal/facts.h"
#include "journal/fields.h"

// Facts as fields (fields.h) and back. With a BlobSink what is long or repeats becomes a
// blob. The wall clock time is not among the fields: it stands beside them, in a column
// or in a frame's head.
namespace hookjournal {

struct DecodedStart {
  RunStarted facts;
  std::optional<KeptStream> input;  // bytes stay empty when the body holds a reference
  std::int64_t input_blob = 0, context_blob = 0, tree_blob = 0;
};

struct DecodedEnd {
  RunEnded facts;
  std::optional<KeptStream> input;  // when it was not complete at the start
  std::int64_t run = 0;             // id of the start event
  std::int64_t input_blob = 0, out_blob = 0, err_blob = 0;
};

std::string encode_start(const RunStarted& facts, const std::optional<KeptStream>& input,
                         std::int64_t tree_blob, BlobSink* blobs);
std::string encode_end(const RunEnded& facts, const std::optional<KeptStream>& input,
                       std::int64_t run, BlobSink* blobs);

// `blobs` resolves the context and the planned scripts; streams stay references. Throws
// Error when the bytes are damaged.
DecodedStart decode_start(std::string_view body, std::int64_t wall_ns, BlobSource* blobs);
DecodedEnd decode_end(std::string_view body, std::int64_t wall_ns);

std::string encode_died(const RecorderDied& facts);
RecorderDied decode_died(std::string_view body, std::int64_t wall_ns);
std::string encode_gap(const Gap& gap);
Gap decode_gap(std::string_view body, std::int64_t wall_ns);

}  // namespace hookjournal
