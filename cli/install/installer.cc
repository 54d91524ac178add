#include "cli/install/installer.h"

#include <algorithm>

#include "cli/install/file_attributes.h"
#include "cli/install/launcher_body.h"
#include "cli/install/reload.h"
#include "engine/error.h"
#include "engine/first_line.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

HookTree tree_for(const InstallRequest& request) {
  std::vector<std::string> further = request.drivers;
  for (const auto& [driver, since] : load_state(request.hooks_dir).since)
    further.push_back(driver);
  return look_at(request.hooks_dir, drivers_with(further));
}

// A launcher has the rights of what it stands for, so that libvirt's test for a script
// comes out the same.
Attributes launcher_attributes(const fs::path& place) {
  Attributes attributes = attributes_of(place);
  attributes.mode = static_cast<mode_t>(fs::status(place).permissions()) & 0777;
  attributes.extended.erase("security.capability");  // of the program, not of a script
  return attributes;
}

// Whether `original` can be replaced by `place` without losing anything.
bool same_bytes(const fs::path& one, const fs::path& other) {
  return fs::is_regular_file(fs::symlink_status(other)) &&
         read_image(one).bytes == read_image(other).bytes;
}

}  // namespace

void rewrite(FileOps& ops, OurFolder& folder, const fs::path& place,
             const std::function<std::string(const std::string& bytes)>& change) {
  const FileImage image = read_image(place);
  const fs::path copy = folder.stage();
  ops.write_file(copy, change(image.bytes), image.attributes);
  if (!still_the_same(place, image))
    throw Error("cannot rewrite " + place.string() +
                ": somebody changed it just now; run the same command again");
  ops.move(copy, place);
}

std::vector<PlannedChange> Installer::plan() const {
  return plan_install(tree_for(request_), request_);
}

std::vector<PlannedChange> Installer::install(
    const std::function<void(OurFolder&)>& prepare) {
  OurFolder folder(ops_, request_.hooks_dir);
  const HookTree before = tree_for(request_);
  std::vector<PlannedChange> changes = plan_install(before, request_);
  try {
    prepare(folder);
  } catch (const std::exception&) {
    folder.close_stage();
    throw;
  }
  // Before the scripts' change times are renewed.
  remember_drivers(folder, before);
  for (auto& change : changes) {
    try {
      carry_out(folder, change);
    } catch (const std::exception& error) {
      change = {change.script, Change::none, error.what(), true};
    }
  }
  remember_texts(folder);
  folder.close_stage();
  return changes;
}

void Installer::carry_out(OurFolder& folder, const PlannedChange& change) {
  switch (change.change) {
    case Change::insert:
    case Change::update:
      return insert(folder, change.script);
    case Change::launch:
      return launch(folder, change.script);
    case Change::relaunch:
      return relaunch(folder, change.script);
    case Change::watch:
      return watch(folder, change.script);
    default:
      return;
  }
}

void Installer::insert(OurFolder& folder, const std::string& script) {
  rewrite(ops_, folder, request_.hooks_dir / script, [&](const std::string& bytes) {
    // Judged by its first bytes a moment ago, so this can only fail for an edit between.
    auto recorded = with_recorder(without_recorder(bytes), request_.recorder);
    if (!recorded) throw Error("cannot record " + script + ": its first line changed");
    return *recorded;
  });
}

void Installer::launch(OurFolder& folder, const std::string& script) {
  const fs::path place = request_.hooks_dir / script;
  keep_original(folder, script);
  const fs::path copy = folder.stage();
  const std::string original = folder.original(script);
  ops_.write_file(copy,
                  launcher(request_.recorder, original) +
                      launcher_body(original, language_of(read_head(place))),
                  launcher_attributes(place));
  ops_.move(copy, place);
}

// A second name for the same file; a link gets an equal link, as its target may be
// relative. What an interrupted run or a restored original left there is replaced only
// when nothing is lost by it.
void Installer::keep_original(OurFolder& folder, const std::string& script) {
  const fs::path place = request_.hooks_dir / script;
  const fs::path original = folder.original(script);
  folder.make_room_for(script);
  const fs::path copy = folder.stage();
  if (is_link(place)) {
    const fs::path target = target_from_our_folder(script, fs::read_symlink(place));
    const bool same = is_link(original) && fs::read_symlink(original) == target;
    if (same || !is_there(original)) {
      ops_.write_link(copy, target, attributes_of(place));
      return ops_.move(copy, original);
    }
  } else {
    if (!is_there(original)) return ops_.hard_link(place, original);
    if (fs::equivalent(place, original)) return;
    if (same_bytes(place, original)) {
      ops_.hard_link(place, copy);
      return ops_.move(copy, original);
    }
  }
  throw Error("cannot move " + place.string() + " to " + original.string() +
              ": an earlier original is there, whose launcher somebody replaced; remove "
              "or keep it elsewhere, then run install again");
}

void Installer::relaunch(OurFolder& folder, const std::string& script) {
  rewrite(ops_, folder, request_.hooks_dir / script, [&](const std::string& bytes) {
    const auto launches = launched_path(bytes);
    if (!launches) return watcher(request_.recorder);
    const auto ours = original_behind(request_.hooks_dir, script, *launches);
    return launcher(request_.recorder,
                    ours.empty() ? *launches : folder.original(ours).string());
  });
}

void Installer::watch(OurFolder& folder, const std::string& driver) {
  const fs::path copy = folder.stage();
  // 0755: a user's own daemon runs it, too.
  ops_.write_file(copy, watcher(request_.recorder), fresh_attributes(0755));
  // Unlike a rename, this fails when somebody put a script there meanwhile.
  ops_.hard_link(copy, request_.hooks_dir / driver);
}

void Installer::remember_drivers(OurFolder& folder, const HookTree& before) {
  const InstallState old = load_state(request_.hooks_dir);
  InstallState state = old;
  state.since.clear();
  for (const auto& driver : before.drivers) {
    const bool asked = std::find(request_.drivers.begin(), request_.drivers.end(),
                                 driver.name) != request_.drivers.end();
    if (!driver.scripts.empty() || asked)
      state.since[driver.name] = scripts_since(driver, request_.hooks_dir, old);
  }
  remember(folder, state);
}

void Installer::remember_texts(OurFolder& folder) {
  InstallState state = load_state(request_.hooks_dir);
  state.texts.clear();
  for (const auto& driver : tree_for(request_).drivers)
    for (const auto& script : driver.scripts)
      if (script.words.form != RecorderWords::Form::none)
        state.texts[script.name] = text_digest(request_.hooks_dir, script);
  remember(folder, state);
}

void Installer::remember(OurFolder& folder, const InstallState& state) {
  if (state == load_state(request_.hooks_dir)) return;
  const fs::path copy = folder.stage();
  // Digests of scripts that others may not read would let them guess what is in these.
  ops_.write_file(copy, state_text(state), fresh_attributes(0600));
  ops_.move(copy, state_path(request_.hooks_dir));
}

}  // namespace hookjournal
