#include "cli/install/journal_disk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFlushes = 5;

fs::path folder_there(const fs::path& journal) {
  fs::path folder = journal.parent_path();
  while (folder.has_relative_path() && ::access(folder.c_str(), F_OK) != 0)
    folder = folder.parent_path();
  return folder.empty() ? "." : folder;
}

std::optional<std::int64_t> flush_time(const fs::path& folder) {
  std::string name = folder / ".hookjournal-flush-XXXXXX";
  const UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return {};
  ::unlink(name.c_str());
  const std::array<char, 4096> page{};
  std::array<std::int64_t, kFlushes> times{};
  for (std::int64_t& time : times) {
    const auto began = std::chrono::steady_clock::now();
    if (::write(file.get(), page.data(), page.size()) != std::ssize(page) ||
        ::fdatasync(file.get()) != 0)
      return {};
    time = (std::chrono::steady_clock::now() - began) / std::chrono::nanoseconds(1);
  }
  std::ranges::sort(times);
  return times[kFlushes / 2];
}

}  // namespace

std::string unfit_file_system(std::int64_t type) {
  switch (type) {  // statfs(2), and linux/magic.h
    case 0x6969:
      return "NFS";
    case 0x01021997:
      return "9p";
    case 0x517b:
    case 0xff534d42:
    case 0xfe534d42:
      return "SMB";
    case 0x00c36400:
      return "CephFS";
    case 0x5346414f:
    case 0x6b414653:
      return "AFS";
    case 0x65735546:
      return "FUSE";  // sshfs, glusterfs, virtiofs
    default:
      return {};
  }
}

JournalDisk disk_under(const fs::path& journal) {
  const fs::path folder = folder_there(journal);
  struct statfs status {};
  JournalDisk disk;
  if (::statfs(folder.c_str(), &status) == 0)
    disk.unfit = unfit_file_system(static_cast<std::uint32_t>(status.f_type));
  disk.flush_ns = flush_time(folder);
  return disk;
}

}  // namespace hookjournal
