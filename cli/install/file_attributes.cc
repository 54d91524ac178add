#include "cli/install/file_attributes.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <set>

#include "engine/error.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& tried, const fs::path& file) {
  throw Error(with_errno("cannot " + tried + " " + file.string(), errno));
}

// Digests over the bytes of the file they were made for: wrong on a file with other
// bytes, and set by the kernel alone.
bool describes_bytes(const std::string& name) {
  return name == "security.ima" || name == "security.evm";
}

std::set<std::string> names_of_extended(const fs::path& file) {
  std::string list(1024, '\0');
  ssize_t size = 0;
  while ((size = ::llistxattr(file.c_str(), list.data(), list.size())) < 0) {
    if (errno == ENOTSUP) return {};
    if (errno != ERANGE) fail("list the extended attributes of", file);
    list.resize(list.size() * 4);
  }
  list.resize(static_cast<std::size_t>(size));
  std::set<std::string> names;
  for (std::size_t at = 0; at < list.size(); at = list.find('\0', at) + 1) {
    const std::string name = list.c_str() + at;
    if (!describes_bytes(name)) names.insert(name);
  }
  return names;
}

// Nothing when the file has none of that name.
std::optional<std::string> extended_value(const fs::path& file, const std::string& name) {
  std::string value(1024, '\0');
  ssize_t size = 0;
  while ((size = ::lgetxattr(file.c_str(), name.c_str(), value.data(), value.size())) <
         0) {
    if (errno == ENODATA) return {};
    if (errno != ERANGE) fail("read extended attribute " + name + " of", file);
    value.resize(value.size() * 4);
  }
  value.resize(static_cast<std::size_t>(size));
  return value;
}

void set_extended(const fs::path& file,
                  const std::map<std::string, std::string>& wanted) {
  const auto present = names_of_extended(file);
  for (const auto& [name, value] : wanted) {
    // A label the new file got by itself is often the right one, and setting one can need
    // rights that keeping it does not.
    if (present.contains(name) && extended_value(file, name) == value) continue;
    if (::lsetxattr(file.c_str(), name.c_str(), value.data(), value.size(), 0) != 0)
      fail("keep extended attribute " + name + " on", file);
  }
  for (const auto& name : present) {
    // Inherited from our folder (a default ACL). A label cannot be taken off.
    if (wanted.contains(name) || name.starts_with("security.")) continue;
    if (::lremovexattr(file.c_str(), name.c_str()) != 0 && errno != ENODATA)
      fail("take extended attribute " + name + " off", file);
  }
}

UniqueFd open_quietly(const fs::path& file, int flags) {
  // O_NOATIME is for the owner and root only.
  UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOATIME | flags));
  if (!fd && errno == EPERM) fd.reset(::open(file.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!fd) fail("read", file);
  return fd;
}

std::string read_bytes(const UniqueFd& fd, const fs::path& file, std::size_t limit) {
  std::string bytes;
  char part[65536];
  while (bytes.size() < limit) {
    const ssize_t got =
        ::read(fd.get(), part, std::min(sizeof part, limit - bytes.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file);
    if (got == 0) break;
    bytes.append(part, static_cast<std::size_t>(got));
  }
  return bytes;
}

Attributes attributes_from(const struct stat& status, const fs::path& file) {
  Attributes attributes;
  attributes.owner = status.st_uid;
  attributes.group = status.st_gid;
  attributes.mode = status.st_mode & 07777;
  attributes.accessed = status.st_atim;
  attributes.modified = status.st_mtim;
  for (const auto& name : names_of_extended(file))
    if (auto value = extended_value(file, name))
      attributes.extended.emplace(name, std::move(*value));
  return attributes;
}

}  // namespace

bool is_there(const fs::path& entry) { return fs::exists(fs::symlink_status(entry)); }
bool is_link(const fs::path& entry) { return fs::is_symlink(fs::symlink_status(entry)); }

Attributes fresh_attributes(mode_t mode) {
  Attributes attributes;
  attributes.owner = ::geteuid();
  attributes.group = ::getegid();
  attributes.mode = mode;
  ::clock_gettime(CLOCK_REALTIME, &attributes.modified);
  attributes.accessed = attributes.modified;
  return attributes;
}

struct stat status_of(const fs::path& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) fail("look at", file);
  return status;
}

Attributes attributes_of(const fs::path& file) {
  return attributes_from(status_of(file), file);
}

void set_attributes(const fs::path& file, const Attributes& attributes) {
  const struct stat now = status_of(file);
  if ((now.st_uid != attributes.owner || now.st_gid != attributes.group) &&
      ::lchown(file.c_str(), attributes.owner, attributes.group) != 0)
    fail("keep the owner on", file);
  set_extended(file, attributes.extended);
  // After the ACL, which writes the group's bits, and after chown, which clears setuid.
  if (!S_ISLNK(now.st_mode) && ::chmod(file.c_str(), attributes.mode) != 0)
    fail("keep the mode on", file);
  const timespec times[2] = {attributes.accessed, attributes.modified};
  if (::utimensat(AT_FDCWD, file.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
    fail("keep the times on", file);
}

FileImage read_image(const fs::path& file) {
  const UniqueFd fd = open_quietly(file, O_NOFOLLOW);
  FileImage image;
  if (::fstat(fd.get(), &image.status) != 0) fail("look at", file);
  image.bytes = read_bytes(fd, file, std::string::npos);
  image.attributes = attributes_from(image.status, file);
  return image;
}

bool still_the_same(const fs::path& file, const FileImage& image) {
  struct stat now {};
  const auto same = [](const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
  };
  return ::lstat(file.c_str(), &now) == 0 && now.st_ino == image.status.st_ino &&
         now.st_dev == image.status.st_dev && now.st_size == image.status.st_size &&
         same(now.st_mtim, image.status.st_mtim) &&
         same(now.st_ctim, image.status.st_ctim);
}

std::string read_head(const fs::path& file, std::size_t limit) {
  return read_bytes(open_quietly(file, 0), file, limit);
}

}  // namespace hookjournal
