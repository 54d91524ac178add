#pragma once

#include "journal/blob_store.h"
#include "journal/call_grouping.h"
#include "journal/facts_codec.h"

namespace hookjournal {

// Keeps `calls` and `script_runs` in step with the events: applied with each event as it
// is appended, and again to all events by a rebuild, which gives the same rows.
class Projection {
 public:
  // Both outlive the projection.
  Projection(Database& db, BlobStore& blobs);

  void started(std::int64_t event, const DecodedStart& start);
  void ended(std::int64_t event, const DecodedEnd& end);
  void died(const RecorderDied& died);

  static void clear(Database& db);

 private:
  std::int64_t run_with(std::string_view uuid);
  void refresh(std::int64_t call);
  void note_uuid(std::int64_t call, std::int64_t input_blob);

  BlobStore& blobs_;
  CallGrouping grouping_;
  LazyStatement new_call_, new_run_, run_by_uuid_, end_run_, die_, call_of_run_, refresh_,
      set_uuid_;
};

// The first <uuid> of a domain's or network's XML as 16 bytes; empty when there is none.
// A search in bytes: the hook parses no XML.
std::string object_uuid(std::string_view xml);

}  // namespace hookjournal
