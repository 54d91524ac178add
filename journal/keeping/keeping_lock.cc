#include "journal/keeping/keeping_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "engine/error.h"

namespace hookjournal {

KeepingLock::KeepingLock(const std::filesystem::path& journal) {
  // A file of its own: SQLite's locks are on the journal.
  const std::string path = journal.string() + "-keeping";
  file_ = UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file_) throw Error(with_errno("cannot open " + path, errno));
  int failed = 0;
  do failed = ::flock(file_.get(), LOCK_EX);
  while (failed != 0 && errno == EINTR);
  if (failed != 0) throw Error(with_errno("cannot lock " + path, errno));
}

}  // namespace hookjournal
