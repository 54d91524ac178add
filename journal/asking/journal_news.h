#pragma once

#include <filesystem>
#include <string>

#include "engine/unique_fd.h"

namespace hookjournal {

// Tells when a journal may have changed, whichever process writes it: by inotify, on the
// folder, so that a new write-ahead log or a journal put in the place of this one is seen
// too. What changed must be looked up.
class JournalNews {
 public:
  explicit JournalNews(const std::filesystem::path& file);

  // Readable when there may be news; -1 when the system has no watch to give, or the
  // folder is gone: then one has to look from time to time.
  int fd() const { return fd_.get(); }
  // Empties it. True when the journal's files were among what changed.
  bool take();

 private:
  std::string name_;
  UniqueFd fd_;
};

}  // namespace hookjournal
