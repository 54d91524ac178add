#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/install/file_ops.h"
#include "engine/unique_fd.h"

namespace hookjournal {

// `<hooks>/hookjournal`: all that is ours in a hooks directory.
//
//   config.json, disabled     choices, see engine/config.h
//   installed.json            see cli/install/install_state.h
//   qemu, qemu.d/10-x         what a launcher in that place stands in for
//   staged/                   copies on their way into place
//
// libvirt reads only the drivers' own files and directories, so nothing here is ever run
// by it: a copy is made ready here with its execute bits and all, and then renamed into
// place in one instant. Made ready beside the script, in `qemu.d`, it would be run.
std::filesystem::path our_folder(const std::filesystem::path& hooks_dir);
std::filesystem::path original_path(const std::filesystem::path& hooks_dir,
                                    const std::string& script);

// The name below our folder of the original that a launcher at `script` stands for: the
// one it names (scripts are renumbered with their launchers), or, when the whole
// directory was copied or renamed since, the one of its own name. Empty when neither is
// there.
std::string original_behind(const std::filesystem::path& hooks_dir,
                            const std::string& script,
                            const std::filesystem::path& launches);

// Names below the folder of what is not one of our own files: the originals, if nobody
// put anything else there. In byte order.
std::vector<std::string> originals_in(const std::filesystem::path& hooks_dir);

// Why `install` cannot have our folder here, and what to do: something else has the name.
// Empty when it is there or can be made. What is installed works through a link, too, but
// a folder elsewhere is not ours to take away.
std::string why_no_folder(const std::filesystem::path& hooks_dir);

// Whether an install or uninstall stopped half-way.
bool left_half_done(const std::filesystem::path& hooks_dir);

// The folder while an operation works in it: made when missing, locked against a second
// operation, cleared of what an interrupted one left.
class OurFolder {
 public:
  OurFolder(FileOps& ops, std::filesystem::path hooks_dir);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path original(const std::string& script) const;
  // A fresh name to make a copy ready under.
  std::filesystem::path stage();
  // The directory an original of that name goes to, with mode and owner of the one it
  // comes from.
  void make_room_for(const std::string& script);
  void close_stage();
  // Removes our files and, when nothing else is in it, the folder. True when it is gone.
  // A link, and all that it leads to, stays.
  bool dissolve();

 private:
  void clear_stage();

  FileOps& ops_;
  std::filesystem::path hooks_dir_;
  std::filesystem::path path_;
  UniqueFd lock_;
  int staged_ = 0;
};

}  // namespace hookjournal
