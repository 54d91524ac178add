#include "cli/install/uninstaller.h"

#include <algorithm>
#include <thread>

#include "cli/escape.h"
#include "cli/install/file_attributes.h"
#include "cli/install/hook_tree.h"
#include "cli/install/install_plan.h"
#include "cli/install/installer.h"
#include "cli/install/launcher_body.h"
#include "engine/error.h"
#include "engine/first_line.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;
using Form = RecorderWords::Form;

bool is_one_line(const std::string& text) {
  return text.find('\n') == std::string::npos || text.find('\n') == text.size() - 1;
}

std::string original_of(const fs::path& hooks_dir, const std::string& script) {
  return original_behind(hooks_dir, script,
                         words_of(read_head(hooks_dir / script)).launches);
}

mode_t mode_bits(const fs::path& file) { return status_of(file).st_mode & 0777; }

// The original is in its place again, or still: an interrupted run left the second name.
// A file may have got another name there meanwhile, with its launcher.
bool is_second_name(const fs::path& hooks_dir, const std::string& name) {
  const fs::path place = hooks_dir / name;
  const fs::path original = original_path(hooks_dir, name);
  if (is_link(original))
    return is_link(place) &&
           target_from_place(name, fs::read_symlink(original)) == fs::read_symlink(place);
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(place.parent_path(), absent))
    if (!entry.is_symlink() && fs::equivalent(entry.path(), original)) return true;
  return false;
}

PlannedChange trouble(const std::string& script, const std::string& note) {
  return {script, Change::none, note, true};
}

PlannedChange edited_stand_in(const std::string& script) {
  return trouble(script,
                 "somebody wrote more into it than is ours; that text was "
                 "never run. Keep what you need of it, remove all but the first "
                 "line, and run uninstall again");
}

PlannedChange orphan(const fs::path& hooks_dir, const std::string& name) {
  const fs::path place = hooks_dir / name;
  const std::string why =
      is_there(place) ? "somebody replaced its launcher " + visible(place.string())
                      : "no launcher stands for it";
  return trouble(our_folder(hooks_dir).filename() / name,
                 "kept, though " + why + ": remove it, or move it to where you want it");
}

// `unreadable` may be its launcher, renumbered.
PlannedChange perhaps_orphan(const fs::path& hooks_dir, const std::string& name,
                             const std::string& unreadable) {
  return trouble(our_folder(hooks_dir).filename() / name,
                 "whether a launcher stands for it cannot be told while " +
                     visible((hooks_dir / unreadable).string()) +
                     " cannot be read: look again as root");
}

// What is where the link leads, and whose, nobody knows: it might be the hooks directory.
PlannedChange left_link(const fs::path& hooks_dir) {
  return {our_folder(hooks_dir).filename(), Change::none,
          "it is a symbolic link, so nothing is removed where it leads. When no script "
          "names the recorder any more, remove the link, and there what you do not need"};
}

}  // namespace

PlannedChange Uninstaller::launcher_change(const std::string& script,
                                           std::vector<std::string>& claimed) const {
  const std::string name = original_of(hooks_dir_, script);
  const fs::path original = original_path(hooks_dir_, name);
  if (name.empty()) {
    const auto launches = words_of(read_head(hooks_dir_ / script)).launches;
    return trouble(script, "its original " + visible(launches) +
                               " is missing. Put it back and run uninstall again, or "
                               "remove the launcher");
  }
  const bool first = std::find(claimed.begin(), claimed.end(), name) == claimed.end();
  claimed.push_back(name);
  if (const std::string head = read_head(hooks_dir_ / script);
      !is_one_line(head) && !has_launcher_body(head))
    return edited_stand_in(script);
  if (is_link(original)) {
    if (fs::path(name).parent_path() != fs::path(script).parent_path() ||
        target_from_place(name, fs::read_symlink(original)).empty())
      return trouble(script, "its original " + visible(original.string()) +
                                 " is a link that would lead elsewhere from here. Make "
                                 "the link by hand, then remove that original");
    if ((status_of(hooks_dir_ / script).st_mode & 0111) == 0)
      return trouble(script,
                     "somebody took away its execute bits, and the link it stands "
                     "for cannot be kept from running. chmod +x it and run "
                     "uninstall again, or remove it and " +
                         visible(original.string()));
  }
  return {script, first ? Change::put_back : Change::copy_back};
}

std::vector<PlannedChange> Uninstaller::plan() const {
  std::vector<PlannedChange> changes;
  std::vector<std::string> claimed;
  std::string unreadable;
  for (const auto& file : recorded_files(hooks_dir_)) {
    if (!file.trouble.empty()) {
      unreadable = file.name;
      claimed.push_back(file.name);  // by what may be its launcher, and is told about
      changes.push_back(trouble(file.name, file.trouble));
      continue;
    }
    const std::string head = read_head(hooks_dir_ / file.name);
    if (file.words.form == Form::inserted) {
      changes.push_back(without_recorder(head) != head
                            ? PlannedChange{file.name, Change::strip}
                            : trouble(file.name,
                                      "its first line names the recorder and nothing to "
                                      "run. Write the script's interpreter there"));
    } else if (file.words.form == Form::launcher) {
      changes.push_back(launcher_change(file.name, claimed));
    } else {
      changes.push_back(is_one_line(head) ? PlannedChange{file.name, Change::unwatch}
                                          : edited_stand_in(file.name));
    }
  }
  // While the originals are still in our folder.
  std::stable_partition(changes.begin(), changes.end(), [](const auto& change) {
    return change.change == Change::copy_back;
  });
  if (is_link(our_folder(hooks_dir_))) {
    changes.push_back(left_link(hooks_dir_));
    return changes;
  }
  for (const auto& name : originals_in(hooks_dir_)) {
    if (std::find(claimed.begin(), claimed.end(), name) != claimed.end()) continue;
    if (is_second_name(hooks_dir_, name))
      changes.push_back({name, Change::drop});
    else
      changes.push_back(unreadable.empty()
                            ? orphan(hooks_dir_, name)
                            : perhaps_orphan(hooks_dir_, name, unreadable));
  }
  return changes;
}

std::vector<PlannedChange> Uninstaller::uninstall() {
  const bool own_folder = fs::is_directory(fs::symlink_status(our_folder(hooks_dir_)));
  if (!own_folder && recorded_files(hooks_dir_).empty()) return plan();
  OurFolder folder(ops_, hooks_dir_);
  std::vector<PlannedChange> changes = plan();
  for (auto& change : changes) {
    try {
      carry_out(folder, change);
    } catch (const std::exception& error) {
      change = trouble(change.script, error.what());
    }
  }
  drop_second_names(folder);
  // What still names the recorder needs the configuration.
  if (recorded_files(hooks_dir_).empty())
    folder.dissolve();
  else
    folder.close_stage();
  return changes;
}

void Uninstaller::carry_out(OurFolder& folder, const PlannedChange& change) {
  switch (change.change) {
    case Change::strip:
      return rewrite(ops_, folder, hooks_dir_ / change.script,
                     [](const std::string& bytes) { return without_recorder(bytes); });
    case Change::put_back:
      return put_back(folder, change.script);
    case Change::copy_back:
      return copy_back(folder, change.script);
    case Change::unwatch:
      return ops_.remove(hooks_dir_ / change.script);
    case Change::drop:
      return ops_.remove(folder.original(change.script));
    default:
      return;
  }
}

void Uninstaller::put_back(OurFolder& folder, const std::string& script) {
  const fs::path place = hooks_dir_ / script;
  const std::string name = original_of(hooks_dir_, script);
  const fs::path original = folder.original(name);
  if (is_link(original)) {
    put_link_back(folder, script);
  } else {
    // With the mode somebody gave the launcher: a script switched off stays off.
    if (mode_bits(place) != mode_bits(original))
      ops_.set_mode(original, (status_of(original).st_mode & 07000) | mode_bits(place));
    const fs::path copy = folder.stage();
    ops_.hard_link(original, copy);
    ops_.move(copy, place);
  }
  second_names_.push_back(name);
}

void Uninstaller::put_link_back(OurFolder& folder, const std::string& script) {
  const std::string name = original_of(hooks_dir_, script);
  const fs::path original = folder.original(name);
  const fs::path copy = folder.stage();
  ops_.write_link(copy, target_from_place(name, fs::read_symlink(original)),
                  attributes_of(original));
  ops_.move(copy, hooks_dir_ / script);
}

void Uninstaller::copy_back(OurFolder& folder, const std::string& script) {
  const fs::path place = hooks_dir_ / script;
  const fs::path original = folder.original(original_of(hooks_dir_, script));
  if (is_link(original)) return put_link_back(folder, script);
  FileImage image = read_image(original);
  image.attributes.mode = (image.attributes.mode & 07000) | mode_bits(place);
  const fs::path copy = folder.stage();
  ops_.write_file(copy, image.bytes, image.attributes);
  ops_.move(copy, place);
}

void Uninstaller::drop_second_names(OurFolder& folder) {
  if (second_names_.empty() || is_link(our_folder(hooks_dir_))) return;
  std::this_thread::sleep_for(grace_);
  for (const auto& name : second_names_) ops_.remove(folder.original(name));
  second_names_.clear();
}

}  // namespace hookjournal
