#include "cli/install/install_notes.h"

#include <algorithm>

#include "cli/doctor/apparmor.h"
#include "cli/escape.h"
#include "cli/install/file_attributes.h"
#include "engine/config.h"
#include "engine/small_file.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

bool apparmor_confines_libvirt(const fs::path& root) {
  const auto enabled =
      read_small_file((root / "sys/module/apparmor/parameters/enabled").string());
  if (!enabled || !enabled->starts_with('Y')) return false;
  constexpr const char* kProfiles[] = {"usr.sbin.libvirtd", "usr.sbin.virtqemud",
                                       "usr.sbin.virtxend"};
  return std::any_of(
      std::begin(kProfiles), std::end(kProfiles),
      [&](const char* profile) { return fs::exists(root / "etc/apparmor.d" / profile); });
}

}  // namespace

std::vector<std::string> install_notes(const HookTree& tree,
                                       const std::vector<PlannedChange>& changes,
                                       const std::string& recorder,
                                       const fs::path& root) {
  std::vector<std::string> notes;
  if (is_there(disabled_path(tree.hooks_dir)))
    notes.emplace_back("recording is disabled here; `hookjournal enable` ends that");
  if (apparmor_confines_libvirt(root)) {
    notes.emplace_back(
        "AppArmor: a bare hook runs inside the daemon's profile; a recorded one is "
        "started "
        "by the recorder from /bin and runs unconfined");
    if (!apparmor_lets_execute(recorder, {}))
      notes.push_back(
          "AppArmor: the daemon's profile lets it execute programs from /bin, "
          "/sbin, /usr/bin and /usr/sbin only, and " +
          recorder +
          " is elsewhere: hooks may fail with \"Permission denied\". Put the "
          "recorder into /usr/bin");
  }
  for (const auto& change : changes) {
    const HookScript* script = tree.script(change.script);
    if (change.change == Change::insert && script != nullptr && script->names > 1)
      notes.push_back(visible(change.script) +
                      " was one of several names (hard links) of a file; it is a file of "
                      "its own now, and an edit through the others does not reach it");
  }
  return notes;
}

}  // namespace hookjournal
