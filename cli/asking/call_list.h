#pragma once

#include <cstdint>
#include <optional>

#include "cli/asking/call_columns.h"
#include "cli/output.h"

namespace hookjournal {

// Calls as lines of text, as they come. Daemons that socket activation starts and stops
// all day make a call each time: unless told otherwise, those in a row that went well
// become one line, whose last column tells how many they were and until when.
class CallList {
 public:
  enum class Daemons { folded, each };

  // `output` outlives the list.
  CallList(Output& output, CallColumns columns, Daemons daemons, std::int64_t now_ns);

  void add(const CallRecord& call);
  void finish();
  bool empty() const { return empty_; }

 private:
  void write_folded();

  CallColumns columns_;
  Table table_;
  Daemons daemons_;
  std::int64_t now_ns_;
  bool empty_ = true;
  std::optional<CallRecord> first_;  // of the calls to be folded
  std::int64_t last_id_ = 0, last_ns_ = 0;
  int count_ = 0;
  bool alike_ = true;  // they are of one operation
};

}  // namespace hookjournal
