#include "cli/install/our_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "cli/install/file_attributes.h"
#include "engine/config.h"
#include "engine/error.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kStage = "staged";
constexpr const char* kOwnFiles[] = {"config.json", "disabled", "installed.json"};

// One operation at a time. The folder may have been dissolved by another operation while
// we opened it; then there is nothing to lock.
bool lock_folder(UniqueFd& lock, const fs::path& folder) {
  lock.reset(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock && errno == ENOENT) return false;
  if (!lock) throw Error(with_errno("cannot open " + folder.string(), errno));
  // A file system without locks must not keep anybody from installing.
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw Error("cannot work on " + folder.parent_path().string() +
                ": another hookjournal install or uninstall is at it; wait for its end");
  struct stat ours {
  }, there{};
  return ::fstat(lock.get(), &ours) == 0 && ::stat(folder.c_str(), &there) == 0 &&
         ours.st_ino == there.st_ino;
}

Attributes like_directory(const fs::path& directory) {
  struct stat status {};
  Attributes attributes;
  attributes.mode = 0755;
  if (::stat(directory.c_str(), &status) == 0) {
    attributes.owner = status.st_uid;
    attributes.group = status.st_gid;
    attributes.mode = status.st_mode & 0777;
  }
  return attributes;
}

bool is_own_file(const fs::path& name) {
  return name == kStage || std::find(std::begin(kOwnFiles), std::end(kOwnFiles), name) !=
                               std::end(kOwnFiles);
}

}  // namespace

fs::path our_folder(const fs::path& hooks_dir) {
  return config_path(hooks_dir).parent_path();
}

fs::path original_path(const fs::path& hooks_dir, const std::string& script) {
  return our_folder(hooks_dir) / script;
}

std::string original_behind(const fs::path& hooks_dir, const std::string& script,
                            const fs::path& launches) {
  std::string below = launches.lexically_relative(our_folder(hooks_dir));
  if (!below.empty() && !below.starts_with("..") && is_there(launches)) return below;
  return is_there(original_path(hooks_dir, script)) ? script : std::string();
}

std::vector<std::string> originals_in(const fs::path& hooks_dir) {
  const fs::path folder = our_folder(hooks_dir);
  std::vector<std::string> names;
  std::error_code absent;  // or closed to this user
  for (const auto& entry : fs::directory_iterator(folder, absent)) {
    const fs::path name = entry.path().filename();
    if (is_own_file(name)) continue;
    if (entry.is_symlink() || !entry.is_directory()) {
      names.push_back(name);
      continue;
    }
    for (const auto& inner : fs::directory_iterator(entry.path(), absent))
      names.push_back(name / inner.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string why_no_folder(const fs::path& hooks_dir) {
  const fs::path folder = our_folder(hooks_dir);
  if (is_link(folder))
    return folder.string() +
           " is a symbolic link; put the folder it leads to in its place when that is "
           "hookjournal's, else move the link away";
  if (is_there(folder) && !fs::is_directory(folder))
    return folder.string() +
           " is no directory, and hookjournal's own has this name; move it away";
  return {};
}

bool left_half_done(const fs::path& hooks_dir) {
  std::error_code absent;
  return fs::exists(our_folder(hooks_dir) / kStage, absent);
}

OurFolder::OurFolder(FileOps& ops, fs::path hooks_dir)
    : ops_(ops), hooks_dir_(std::move(hooks_dir)), path_(our_folder(hooks_dir_)) {
  Attributes attributes = like_directory(hooks_dir_);
  // Users' own daemons run the same hooks and look for the configuration here.
  attributes.mode |= 0755;
  do {
    ops_.make_directory(path_, attributes);
  } while (!lock_folder(lock_, path_));
  clear_stage();
}

fs::path OurFolder::original(const std::string& script) const { return path_ / script; }

fs::path OurFolder::stage() {
  Attributes attributes = like_directory(path_);
  attributes.mode = 0700;
  ops_.make_directory(path_ / kStage, attributes);
  return path_ / kStage / std::to_string(++staged_);
}

void OurFolder::make_room_for(const std::string& script) {
  const fs::path parent = fs::path(script).parent_path();
  if (!parent.empty())
    ops_.make_directory(path_ / parent, like_directory(hooks_dir_ / parent));
}

void OurFolder::close_stage() { clear_stage(); }

void OurFolder::clear_stage() {
  const fs::path stage = path_ / kStage;
  if (!fs::exists(stage)) return;
  for (const auto& entry : fs::directory_iterator(stage)) ops_.remove(entry.path());
  ops_.remove_directory(stage);
}

bool OurFolder::dissolve() {
  clear_stage();
  if (is_link(path_)) return false;
  for (const auto* file : kOwnFiles)
    if (is_there(path_ / file)) ops_.remove(path_ / file);
  for (const auto& entry : fs::directory_iterator(path_))
    if (!entry.is_symlink() && entry.is_directory() && fs::is_empty(entry.path()))
      ops_.remove_directory(entry.path());
  if (!fs::is_empty(path_)) return false;
  ops_.remove_directory(path_);
  return true;
}

}  // namespace hookjournal
