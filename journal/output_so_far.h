#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "engine/unique_fd.h"
#include "journal/capture.h"

namespace hookjournal {

// What a script that still runs has printed, for who asks what it is doing. It is in the
// memory of the process that writes its record, and ends with that: nothing is on a disk.
// Secrets are replaced as in the journal.
class OutputSoFar {
 public:
  // Instead of what was told before. Where the kernel refuses, nothing is told.
  void tell(CapturedStreams streams);

 private:
  UniqueFd told_;
};

struct PrintedSoFar {
  std::string out, err;
};

// Nothing: the process is gone, may not be asked by this user, or has told nothing yet.
std::optional<PrintedSoFar> output_so_far(pid_t writer);

}  // namespace hookjournal
