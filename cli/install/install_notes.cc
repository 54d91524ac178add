#include "cli/install/install_notes.h"

#include <algorithm>
#include <numeric>

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

// How many letters are to be changed, left out or put in to make one of the other.
std::size_t letters_between(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before(other.size() + 1);
  std::iota(before.begin(), before.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::vector<std::size_t> now = {i + 1};
    for (std::size_t j = 0; j < other.size(); ++j)
      now.push_back(std::min(
          {before[j + 1] + 1, now[j] + 1, before[j] + (one[i] == other[j] ? 0 : 1)}));
    before = std::move(now);
  }
  return before.back();
}

}  // namespace

std::vector<std::string> unknown_driver_notes(const std::vector<std::string>& drivers) {
  std::vector<std::string> notes;
  const std::vector<std::string> known = drivers_with({});
  for (const std::string& driver : drivers) {
    if (std::ranges::find(known, driver) != known.end()) continue;
    std::string note = "no driver of libvirt is called " + visible(driver) +
                       " as far as this version knows: it is watched, and may never be "
                       "called";
    const auto like = std::ranges::min_element(known, {}, [&](const std::string& name) {
      return letters_between(driver, name);
    });
    if (letters_between(driver, *like) <= 2) note += "; did you mean " + *like + "?";
    notes.push_back(std::move(note));
  }
  return notes;
}

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
