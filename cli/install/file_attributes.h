#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <ctime>
#include <filesystem>
#include <map>
#include <string>

namespace hookjournal {

// All of a file but its bytes and its place: what a rewritten script must keep.
struct Attributes {
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0644;  // the twelve permission bits
  timespec accessed{};
  timespec modified{};
  // Extended attributes by name. ACLs (system.posix_acl_access) and security labels
  // (security.selinux) are among them, so no library for either is needed.
  std::map<std::string, std::string> extended;
};

// Of the entry itself: a link that leads nowhere is there.
bool is_there(const std::filesystem::path& entry);
bool is_link(const std::filesystem::path& entry);

// Of a file of ours: our user, now.
Attributes fresh_attributes(mode_t mode);

// Of a symbolic link itself, not of what it points to.
struct stat status_of(const std::filesystem::path& file);
Attributes attributes_of(const std::filesystem::path& file);

// For a file that nobody uses yet. Throws Error when one cannot be kept: a script with
// another label or owner could be one libvirt may not run.
void set_attributes(const std::filesystem::path& file, const Attributes& attributes);

// A whole file and what is needed to tell that it is still the same one.
struct FileImage {
  std::string bytes;
  Attributes attributes;
  struct stat status {};
};

// Leaves the access time alone where the kernel lets us.
FileImage read_image(const std::filesystem::path& file);
bool still_the_same(const std::filesystem::path& file, const FileImage& image);

// The first bytes of what `file` is or points to.
std::string read_head(const std::filesystem::path& file, std::size_t limit = 4096);

}  // namespace hookjournal
