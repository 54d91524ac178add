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
  // Both at once, in fewer steps, with the same rows as one after the other.
  void whole(std::int64_t start_event, const DecodedStart& start, std::int64_t end_event,
             const DecodedEnd& end);
  void died(const RecorderDied& died);

  // What all events from the first on make of empty tables.
  void replay_all();

  static void clear(Database& db);

 private:
  // A run's columns that its end decides; those of one that runs.
  struct End {
    std::int64_t outcome = 2, elapsed_ns = 0, cpu_ns = 0;
    std::optional<std::int64_t> kind, value, event;
    std::int64_t out_blob = 0, err_blob = 0, input_blob = 0;
  };
  static End end_columns(std::int64_t event, const DecodedEnd& end);

  void add_run(std::int64_t event, const DecodedStart& start, const End& end);
  void add_call(std::int64_t event, const DecodedStart& start, const End& end);
  std::int64_t run_with(std::string_view uuid);
  void refresh(std::int64_t call);
  std::string uuid_in(std::int64_t input_blob);
  void note_uuid(std::int64_t call, std::int64_t input_blob);

  Database& db_;
  BlobStore& blobs_;
  CallGrouping grouping_;
  LazyStatement new_call_, new_run_, run_by_uuid_, end_run_, die_, call_of_run_, refresh_,
      set_uuid_;
};

// The first <uuid> of a domain's or network's XML as 16 bytes; empty when there is none.
// A search in bytes: the hook parses no XML.
std::string object_uuid(std::string_view xml);

}  // namespace hookjournal
