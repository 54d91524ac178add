#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/blob_store.h"
#include "journal/database.h"
#include "journal/facts_codec.h"

namespace hookjournal {

// The words of a call as the journal's columns have them. libvirt passes four arguments;
// a call by hand may have fewer or more.
struct CallWords {
  std::string driver, object, operation, suboperation, extra;
};
CallWords words_of(const RunStarted& facts);

// Script runs are recorded one by one, each by its own process. libvirt runs the scripts
// of a call one after another, the main file first and the rest in byte order, so a run
// belongs to the newest call of the same caller, driver and object that has the same
// words, whose last run has ended and sorts before it. Another call of that object
// between, or a script that does not sort after the last, begins a new call.
class CallGrouping {
 public:
  // Both outlive the grouping.
  CallGrouping(Database& db, BlobStore& blobs);

  // The call a run belongs to; 0: it begins one. `context` is the run's context blob.
  std::int64_t call_of(const RunStarted& facts, std::int64_t context);

 private:
  bool same_caller(std::int64_t one_context, std::int64_t other_context);
  std::int64_t before(const RunStarted& facts, const CallWords& words,
                      std::int64_t context);
  bool sorts_before_next(const RunStarted& facts, std::int64_t call);
  std::int64_t after(const RunStarted& facts, const CallWords& words,
                     std::int64_t context);

  BlobStore& blobs_;
  LazyStatement run_by_uuid_, calls_before_, call_after_, last_run_, next_run_,
      first_run_;
};

}  // namespace hookjournal
