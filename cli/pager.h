#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "engine/unique_fd.h"

namespace hookjournal {

// What long text for a terminal is read with: PAGER as for other programs (empty or
// `cat`: nothing), else less when it is installed.
std::optional<std::string> pager_command();

// A running pager; what is written to fd() is what it shows. While it runs SIGPIPE is
// ignored, and an interrupt waits for it: a terminal whose program went away under it is
// left in a sorry state.
class Pager {
 public:
  explicit Pager(const std::string& command);
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;
  ~Pager();

  int fd() const { return to_pager_.get(); }
  // Closes its input and waits until the reader has done. Throws Error when it could not
  // be run at all: then nobody has seen the text.
  void finish();

 private:
  int close_and_wait();

  std::string command_;
  UniqueFd to_pager_;
  pid_t pid_ = -1;
};

}  // namespace hookjournal
