#pragma once

#include <filesystem>

#include "engine/unique_fd.h"

namespace hookjournal {

// One prune, compact, redact or import of a journal at a time: each looks around before
// it takes SQLite's lock. Hooks know nothing of it. Waits for the other.
class KeepingLock {
 public:
  explicit KeepingLock(const std::filesystem::path& journal);

 private:
  UniqueFd file_;
};

}  // namespace hookjournal
