#pragma once

#include <string>
#include <string_view>

#include "cli/output.h"
#include "engine/unique_fd.h"

namespace hookjournal {

// Where a report goes that was given a FILE; "-" is standard output. Opened before the
// work begins, so that a wrong name does not cost an hour of replaying.
class ReportFile {
 public:
  // `output` outlives it. Throws Error when it cannot be written.
  ReportFile(const std::string& file, Output& output);

  // Throws Error.
  void write(std::string_view bytes);

 private:
  std::string file_;
  Output& output_;
  UniqueFd fd_;
};

}  // namespace hookjournal
