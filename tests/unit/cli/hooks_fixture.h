#pragma once

#include <filesystem>
#include <string>
#include <vector>

// A hooks directory of a test in a folder of its own.
namespace hookjournal::test {

class HooksFixture {
 public:
  // /tmp by default: a real file system, with ACLs and attributes of users' own.
  explicit HooksFixture(const std::filesystem::path& where = "/tmp");
  ~HooksFixture();
  HooksFixture(const HooksFixture&) = delete;

  // With a modification time long ago, so that a renewed one shows.
  void file(const std::string& name, const std::string& text, unsigned mode = 0755);
  void link(const std::string& name, const std::string& target);
  void copy(const std::string& name, const std::filesystem::path& from);
  std::string text(const std::string& name) const;

  std::filesystem::path root;   // the folder of the test
  std::filesystem::path hooks;  // root/hooks
  std::filesystem::path
      recorder;  // root/bin/hookjournal-hook: a stand-in that runs scripts
};

// Every entry with type, mode, owner, times, extended attributes (ACLs and labels among
// them), link target or digest of its bytes: equal listings are equal trees. Access times
// of files only: looking at a directory or through a link renews its own.
enum class DirectoryTimes { compared, ignored };
std::vector<std::string> listing(const std::filesystem::path& tree,
                                 DirectoryTimes times = DirectoryTimes::compared);

// What libvirt would run for each of its drivers, in its order, with what would really be
// executed: the user's text, or the file behind a launcher. "not runnable" for a launcher
// without one.
std::vector<std::string> as_libvirt_sees(const std::filesystem::path& hooks);

}  // namespace hookjournal::test
