#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/install/file_ops.h"
#include "cli/install/our_folder.h"
#include "cli/install/planned_change.h"

namespace hookjournal {

// Takes the recorder out of a hooks directory: what nobody edited since is as it was
// before install, byte for byte and attribute for attribute; an edit stays. Keeps
// install's promises: each script is replaced in one instant, an interrupted run is
// finished by the next. What it cannot do without losing something it leaves, and says.
class Uninstaller {
 public:
  // `grace`: a launcher that libvirt started just before it was replaced still has to
  // find its original in our folder.
  Uninstaller(FileOps& ops, std::filesystem::path hooks_dir,
              std::chrono::milliseconds grace = std::chrono::seconds(1))
      : ops_(ops), hooks_dir_(std::move(hooks_dir)), grace_(grace) {}

  std::vector<PlannedChange> plan() const;
  std::vector<PlannedChange> uninstall();

 private:
  PlannedChange launcher_change(const std::string& script,
                                std::vector<std::string>& claimed) const;
  void carry_out(OurFolder& folder, const PlannedChange& change);
  void put_back(OurFolder& folder, const std::string& script);
  void copy_back(OurFolder& folder, const std::string& script);
  void put_link_back(OurFolder& folder, const std::string& script);
  void drop_second_names(OurFolder& folder);

  FileOps& ops_;
  std::filesystem::path hooks_dir_;
  std::chrono::milliseconds grace_;
  std::vector<std::string> second_names_;  // in our folder, of what is back in place
};

}  // namespace hookjournal
