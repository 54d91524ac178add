#include "cli/install/file_ops.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "engine/error.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

const char* advice(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return " (run it as root; a file with the immutable attribute wants `chattr -i`)";
    case EROFS:
      return " (mount the file system writable, or work where the directory is made)";
    case ENOSPC:
    case EDQUOT:
      return " (make room and run the same command again: it goes on from here)";
    case EEXIST:
    case ENOTDIR:
      return " (something else has this name: move it away, then run the same command "
             "again)";
    case EXDEV:
      return " (both must be on one file system, or the change could not be made in one "
             "instant)";
    default:
      return "";
  }
}

[[noreturn]] void fail(const std::string& tried) {
  const int error = errno;
  throw Error(with_errno("cannot " + tried, error) + advice(error));
}

void sync(const fs::path& file, int flags) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | flags));
  // Some file systems know no fsync of a directory, and keep its order by themselves.
  if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL))
    fail("bring " + file.string() + " to disk");
}

void write_all(int fd, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write " + file.string());
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

template <class Change>
void FileOps::in_directory(const fs::path& directory, Change change) {
  const struct stat before = status_of(directory);
  change();
  step("keep the time of " + directory.string());
  // A directory of somebody else keeps our time: not worth failing for.
  const timespec times[2] = {{0, UTIME_OMIT}, before.st_mtim};
  (void)::utimensat(AT_FDCWD, directory.c_str(), times, 0);
  step("sync " + directory.string());
  sync(directory, O_DIRECTORY);
}

void FileOps::make_directory(const fs::path& directory, const Attributes& like) {
  struct stat existing {};
  if (::stat(directory.c_str(), &existing) == 0 && S_ISDIR(existing.st_mode)) return;
  in_directory(directory.parent_path(), [&] {
    step("make directory " + directory.string());
    // With its mode in the same instant: scripts in it are run by other users, too.
    const mode_t masked = ::umask(0);
    const int made = ::mkdir(directory.c_str(), like.mode);
    ::umask(masked);
    if (made != 0) fail("make directory " + directory.string());
    if (::geteuid() == 0 && ::chown(directory.c_str(), like.owner, like.group) != 0)
      fail("set the owner of " + directory.string());
  });
}

void FileOps::write_file(const fs::path& file, std::string_view bytes,
                         const Attributes& attributes) {
  step("create " + file.string());
  // Closed before anybody can run it: executing a file open for writing is refused.
  UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) fail("create " + file.string());
  write_all(fd.get(), bytes, file);
  step("set attributes of " + file.string());
  set_attributes(file, attributes);
  if (::fsync(fd.get()) != 0) fail("bring " + file.string() + " to disk");
}

void FileOps::write_link(const fs::path& link, const fs::path& target,
                         const Attributes& attributes) {
  step("create link " + link.string());
  if (::symlink(target.c_str(), link.c_str()) != 0) fail("create link " + link.string());
  step("set attributes of " + link.string());
  set_attributes(link, attributes);
  sync(link.parent_path(), O_DIRECTORY);
}

void FileOps::hard_link(const fs::path& existing, const fs::path& name) {
  in_directory(name.parent_path(), [&] {
    step("link " + existing.string() + " as " + name.string());
    if (::link(existing.c_str(), name.c_str()) != 0)
      fail("link " + existing.string() + " as " + name.string());
  });
}

void FileOps::move(const fs::path& from, const fs::path& to) {
  in_directory(to.parent_path(), [&] {
    step("rename " + from.string() + " to " + to.string());
    if (std::rename(from.c_str(), to.c_str()) != 0)
      fail("rename " + from.string() + " to " + to.string());
  });
  sync(from.parent_path(), O_DIRECTORY);
}

void FileOps::set_mode(const fs::path& file, mode_t mode) {
  step("set mode of " + file.string());
  if (::chmod(file.c_str(), mode) != 0) fail("set the mode of " + file.string());
}

void FileOps::remove(const fs::path& file) {
  in_directory(file.parent_path(), [&] {
    step("remove " + file.string());
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail("remove " + file.string());
  });
}

void FileOps::remove_directory(const fs::path& directory) {
  in_directory(directory.parent_path(), [&] {
    step("remove directory " + directory.string());
    if (::rmdir(directory.c_str()) != 0 && errno != ENOENT)
      fail("remove directory " + directory.string());
  });
}

void check_writable(const fs::path& directory) {
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    fail("change anything in " + directory.string());
}

}  // namespace hookjournal
