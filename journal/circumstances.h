#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "journal/blob_store.h"
#include "journal/database.h"
#include "journal/records.h"

namespace hookjournal {

// What lies around a call and decides what libvirt did because of its answer. Where the
// journal does not know, neither do we: nothing.
class Neighbours {
 public:
  // Both outlive the object.
  Neighbours(Database& db, BlobStore& blobs);

  // Whether this start is the destination's of a migration: there `migrate` comes right
  // before prepare, start, started (libvirt 10.7 qemu_migration.c:3353). Nothing when
  // events before it were pruned, and that may have been one of them.
  std::optional<bool> incoming(const CallRecord& call);

  // Whether a port is created for a new NIC, and not told again by a daemon that has just
  // started: then the journal has the same port (by its UUID) from before.
  std::optional<bool> port_is_new(const CallRecord& call);

 private:
  bool is_of_host(std::int64_t context, const std::string& host);
  bool all_there(std::int64_t after, std::int64_t before);

  BlobStore& blobs_;
  std::map<std::int64_t, std::string> hosts_;  // by context
  LazyStatement before_, events_, ports_, network_;
};

// Whether libvirt takes what `call.output_run` printed in the input's place. Parses both:
// for calls that have one only.
OutputJudgement judge_output(const CallRecord& call, BlobStore& blobs);

}  // namespace hookjournal
