#include "cli/install/journal_disk.h"

#include "tests/unit/catch.h"
#include "tests/unit/temp_folder.h"

namespace hookjournal {

TEST_CASE("file systems that hosts share are unfit for a journal", "[cli]") {
  CHECK(unfit_file_system(0x6969) == "NFS");
  CHECK(unfit_file_system(0x01021997) == "9p");
  CHECK(unfit_file_system(0xfe534d42) == "SMB");
  CHECK(unfit_file_system(0xef53).empty());      // ext4
  CHECK(unfit_file_system(0x58465342).empty());  // XFS
  CHECK(unfit_file_system(0x9123683e).empty());  // btrfs
  CHECK(unfit_file_system(0x01021994).empty());  // tmpfs
}

TEST_CASE("the time of a flush is measured where a journal lies or is going to",
          "[cli]") {
  const TempFolder folder;
  const auto flush = disk_under(folder / "not" / "there" / "journal.db").flush_ns;
  CHECK(flush.value_or(0) > 0);
  CHECK(std::filesystem::is_empty(folder.path()));
  CHECK_FALSE(disk_under("/proc/journal.db").flush_ns);
}

}  // namespace hookjournal
