#include "journal/journal_room.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>

namespace hookjournal {

namespace {

std::uint64_t size_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size)
                                            : 0;
}

}  // namespace

std::optional<std::string> no_room(const std::filesystem::path& journal,
                                   std::uint64_t cap) {
  struct statvfs disk {};
  if (::statvfs(journal.c_str(), &disk) != 0) return {};  // opening it will tell more
  const std::uint64_t tenth = std::uint64_t{disk.f_blocks} * disk.f_frsize / 10;
  const std::uint64_t reserve = std::min<std::uint64_t>(tenth, 1ULL << 30);
  if (std::uint64_t{disk.f_bavail} * disk.f_frsize < reserve)
    return "its file system is nearly full";
  const std::uint64_t size =
      size_of(journal.string()) + size_of(journal.string() + "-wal");
  if (size > (cap == 0 ? reserve : cap)) return "the journal has reached its size limit";
  return {};
}

}  // namespace hookjournal
