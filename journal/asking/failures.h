#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ending.h"
#include "journal/asking/error_lines.h"
#include "journal/database.h"
#include "journal/journal.h"

// Failed calls by what they failed of. Nothing of it is stored: the groups follow from
// the journal and the rules each time they are asked for, so a rule that changes needs no
// further step.
namespace hookjournal {

// Calls that agree in all of this failed of the same cause, as far as can be told.
struct FailureCause {
  std::string script;         // that failed last: libvirt reports that one
  Ending ending = Exited{1};  // the journal's index knows of no core dumps: never set
  std::vector<std::string> lines;  // its last ones on stderr, masked

  // Eight hexadecimal digits: the same in every journal.
  std::string id() const;
  bool operator==(const FailureCause&) const = default;
};

struct FailedCall {
  std::int64_t id = 0;
  std::int64_t at_ns = 0;
  std::string driver, object, operation;
  FailureCause cause;
  ErrorLines lines;
};

// Puts failed calls to their causes, without loading all of them.
class FailureReader {
 public:
  // `journal` outlives the reader.
  explicit FailureReader(JournalReader& journal);

  // Nothing when there is no such call, or it has not failed.
  std::optional<FailedCall> read(std::int64_t call);

 private:
  BlobStore& blobs_;
  Statement call_, run_;
};

struct FailureGroup {
  FailureCause cause;
  std::uint64_t count = 0;  // calls of the selection
  std::int64_t first_ns = 0, last_ns = 0;
  std::int64_t first_call = 0, last_call = 0;
  std::vector<std::string> printed;     // the lines of the last call, as they were
  std::vector<std::string_view> rules;  // that masked something in any of the calls
  std::vector<std::string> drivers, operations;  // each once, sorted
  std::vector<std::string> objects;              // each once, sorted
  std::vector<std::string> still;  // those without a success of that operation since
  bool is_new = false;             // it was never seen before Selection::since_ns
};

// Groups of the selected failed calls; those seen last first. With `since_ns` the new
// ones come first: the count is of the calls since then, the first time of all of them.
std::vector<FailureGroup> failure_groups(JournalReader& journal,
                                         const Selection& selection);

}  // namespace hookjournal
