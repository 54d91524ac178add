#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace hookjournal {

// What a journal lies on, as far as it matters to it.
struct JournalDisk {
  // "NFS": hosts share it, or it shares no memory between processes, which the
  // write-ahead log wants. Empty: it is none of those known.
  std::string unfit;
  // How long 4 KiB take to be safe, as each hook waits for; the median of some.
  std::optional<std::int64_t> flush_ns;
};

// Of the folder of `journal`, or the nearest there is above. Writes a small file
// there for a moment; where it may not, no time is known.
JournalDisk disk_under(const std::filesystem::path& journal);

// By statfs(2)'s f_type; empty for what is fit.
std::string unfit_file_system(std::int64_t type);

}  // namespace hookjournal
