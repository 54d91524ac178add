#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "cli/install/file_attributes.h"

namespace hookjournal {

// Every change that install and uninstall make to a hooks directory goes through here. A
// change is on disk when the call returns, so that after a power cut the tree is as it
// was between two calls. Directories keep their modification time: the tree is to look
// untouched when we are gone. All throw Error.
class FileOps {
 public:
  // Called before each step with what it does. A test throws from here and so stops an
  // operation at any step, as a power cut would; nothing below cleans up on the way out.
  std::function<void(const std::string& step)> before_step;

  // An existing directory is fine.
  void make_directory(const std::filesystem::path& directory, const Attributes& like);
  void write_file(const std::filesystem::path& file, std::string_view bytes,
                  const Attributes& attributes);
  void write_link(const std::filesystem::path& link, const std::filesystem::path& target,
                  const Attributes& attributes);
  void hard_link(const std::filesystem::path& existing,
                 const std::filesystem::path& name);
  // rename(2): `to` is replaced in one instant.
  void move(const std::filesystem::path& from, const std::filesystem::path& to);
  void set_mode(const std::filesystem::path& file, mode_t mode);
  void remove(const std::filesystem::path& file);
  void remove_directory(const std::filesystem::path& directory);

 private:
  void step(const std::string& what) const {
    if (before_step) before_step(what);
  }
  template <class Change>
  void in_directory(const std::filesystem::path& directory, Change change);
};

// Throws Error when this user can put nothing into it, as a change there would.
void check_writable(const std::filesystem::path& directory);

}  // namespace hookjournal
