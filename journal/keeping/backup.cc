#include "journal/keeping/backup.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>

#include "engine/error.h"
#include "engine/unique_fd.h"
#include "journal/database.h"
#include "journal/journal.h"

namespace hookjournal {

namespace {

constexpr std::chrono::milliseconds kPatience{5000};

std::optional<gid_t> group_named(const std::string& name) {
  if (name.empty()) return {};
  const ::group* found = ::getgrnam(name.c_str());
  if (found == nullptr)
    throw UsageError("there is no group '" + name + "'; nothing was copied");
  return found->gr_gid;
}

// A file that is ours, complete or gone.
class Part {
 public:
  explicit Part(const std::filesystem::path& whole)
      : whole_(whole), path_(whole.string() + ".part") {
    ::unlink(path_.c_str());
    file_ = UniqueFd(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file_) throw Error(with_errno("cannot write " + path_.string(), errno));
  }
  ~Part() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Part(const Part&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int file() const { return file_.get(); }

  // link(2) and not rename(2): what came to stand there meanwhile stays.
  void complete() {
    if (::fsync(file_.get()) != 0 || ::link(path_.c_str(), whole_.c_str()) != 0)
      throw Error(with_errno("cannot write " + whole_.string(), errno));
  }

 private:
  std::filesystem::path whole_, path_;
  UniqueFd file_;
};

}  // namespace

std::uint64_t back_up(const std::filesystem::path& journal,
                      const std::filesystem::path& copy, const std::string& group) {
  const auto readers = group_named(group);
  if (std::filesystem::exists(copy))
    throw Error("cannot write " + copy.string() + ": it is there already");
  const JournalReader opened(journal);  // explains what is no journal
  Part part(copy);
  {
    Database from(journal, Database::Mode::read, kPatience);
    Database to(part.path(), Database::Mode::write, kPatience);
    from.copy_to(to);
    // Without a log: whoever reads it may not be allowed to write one.
    to.exec("pragma journal_mode = delete");
  }
  if (readers && (::fchown(part.file(), static_cast<uid_t>(-1), *readers) != 0 ||
                  ::fchmod(part.file(), 0640) != 0))
    throw Error(with_errno("cannot give " + copy.string() + " to group " + group, errno));
  part.complete();
  return std::filesystem::file_size(copy);
}

}  // namespace hookjournal
