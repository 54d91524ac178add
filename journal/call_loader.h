#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "journal/blob_store.h"
#include "journal/circumstances.h"
#include "journal/database.h"
#include "journal/records.h"

namespace hookjournal {

// Puts one call together from its row, its runs' events and what lies around it.
class CallLoader {
 public:
  // Both outlive the loader.
  CallLoader(Database& db, BlobStore& blobs);

  std::optional<CallRecord> load(std::int64_t id);

 private:
  void load_runs(CallRecord& call, std::int64_t tree);
  RunRecord run_from_events(CallRecord& call, bool first);
  void name_unrecorded(CallRecord& call) const;
  void judge(CallRecord& call);
  std::optional<std::size_t> output_run(const CallRecord& call);
  StoredStream stored(std::int64_t blob, const KeptStream& told);
  const std::map<std::string, std::string>& digests_of(std::int64_t tree);

  BlobStore& blobs_;
  Statement call_, runs_;
  Neighbours neighbours_;
  // Calls in a row mostly share their tree.
  std::int64_t tree_ = 0;
  std::map<std::string, std::string> tree_digests_;
};

}  // namespace hookjournal
