#pragma once

#include <functional>
#include <vector>

#include "cli/install/file_ops.h"
#include "cli/install/install_plan.h"
#include "cli/install/install_state.h"
#include "cli/install/our_folder.h"

namespace hookjournal {

// Puts the recorder into the scripts of a hooks directory. At no instant does libvirt see
// fewer, more or other scripts, or one it cannot run: each is replaced by rename(2), and
// an original is in our folder before its launcher takes its place. Stopped at any step,
// the next install goes on, and uninstall takes back what was done.
class Installer {
 public:
  Installer(FileOps& ops, InstallRequest request)
      : ops_(ops), request_(std::move(request)) {}

  // What install would do; changes nothing.
  std::vector<PlannedChange> plan() const;

  // Does it. `prepare` is called before the first script is touched, with our folder
  // locked: the configuration is to be there when the first hook runs recorded.
  // A script that could not be changed is trouble in the result; the others are done.
  std::vector<PlannedChange> install(const std::function<void(OurFolder&)>& prepare);

 private:
  void carry_out(OurFolder& folder, const PlannedChange& change);
  void insert(OurFolder& folder, const std::string& script);
  void launch(OurFolder& folder, const std::string& script);
  void keep_original(OurFolder& folder, const std::string& script);
  void relaunch(OurFolder& folder, const std::string& script);
  void watch(OurFolder& folder, const std::string& driver);
  void remember_drivers(OurFolder& folder, const HookTree& before);
  void remember_texts(OurFolder& folder);
  void remember(OurFolder& folder, const InstallState& state);

  FileOps& ops_;
  InstallRequest request_;
};

// Replaces `place` by a copy with other bytes and all else the same. Throws Error when
// somebody changed it meanwhile.
void rewrite(FileOps& ops, OurFolder& folder, const std::filesystem::path& place,
             const std::function<std::string(const std::string& bytes)>& change);

}  // namespace hookjournal
