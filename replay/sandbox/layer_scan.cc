#include "replay/sandbox/layer_scan.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>

#include "engine/sha256.h"
#include "replay/sandbox/folder_names.h"

namespace hookjournal {

namespace {

char type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return 'd';
    case S_IFLNK:
      return 'l';
    case S_IFCHR:
      return 'c';
    case S_IFBLK:
      return 'b';
    case S_IFIFO:
      return 'p';
    case S_IFSOCK:
      return 's';
    default:
      return 'f';
  }
}

void read_content(int folder, const char* name, FileState& state) {
  const UniqueFd file(
      ::openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  state.content_kept = static_cast<bool>(file);
  Sha256 digest;
  char part[64 << 10];  // of which only what is read costs anything
  std::uint64_t length = 0;
  for (ssize_t got = 0; file && (got = ::read(file.get(), part, sizeof part)) > 0;) {
    const std::string_view bytes(part, static_cast<std::size_t>(got));
    digest.update(bytes);
    length += bytes.size();
    if (length <= kKeptContent)
      state.content += bytes;
    else
      state.content_kept = false;
  }
  if (!state.content_kept) state.content.clear();
  state.size = length;  // files of /proc and /sys say 0, or 4096
  state.sha256 = to_hex(digest.finish());
}

std::optional<FileState> state_of(int folder, const char* name) {
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
  FileState state;
  state.type = type_of(status.st_mode);
  state.mode = status.st_mode & 07777;
  state.uid = status.st_uid;
  state.gid = status.st_gid;
  if (state.type == 'f') read_content(folder, name, state);
  if (state.type == 'l') {
    state.mode = 0777;
    std::string target(4096, '\0');
    const ssize_t got = ::readlinkat(folder, name, target.data(), target.size());
    target.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    state.size = target.size();
    state.content = std::move(target);
  }
  return state;
}

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(0, 0);
}

// A folder that was removed and made again hides all that lies below.
bool is_opaque(int folder) {
  char value = 0;
  return (::fgetxattr(folder, "trusted.overlay.opaque", &value, 1) == 1 ||
          ::fgetxattr(folder, "user.overlay.opaque", &value, 1) == 1) &&
         value == 'y';
}

UniqueFd subfolder(int folder, const std::string& name) {
  if (folder < 0) return {};
  return UniqueFd(
      ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

class Scan {
 public:
  explicit Scan(Manifest& manifest) : manifest_(manifest) {}

  void layer(const Layer& layer) {
    struct stat status {};
    device_ = ::fstat(layer.upper.get(), &status) == 0 ? status.st_dev : 0;
    walk(layer.upper.get(), layer.lower.get(), layer.path == "/" ? "" : layer.path);
  }

 private:
  // `lower`: -1 when nothing is below.
  void walk(int upper, int lower, const std::string& path) {
    if (is_opaque(upper)) {
      removed_below(lower, upper, path);
      lower = -1;
    }
    for (const std::string& name : names_in(upper)) {
      const std::string here = path + "/" + name;
      if (here == kOurFolder) continue;
      entry(upper, lower, name, here);
    }
  }

  void entry(int upper, int lower, const std::string& name, const std::string& path) {
    struct stat status {};
    if (::fstatat(upper, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (is_whiteout(status)) {
      // A file made and removed again may leave one, over nothing.
      if (const auto before = below(lower, name)) {
        manifest_[path] = std::nullopt;
        if (before->type == 'd') {
          const UniqueFd gone = subfolder(lower, name);
          removed_below(gone.get(), -1, path);
        }
      }
      return;
    }
    // What is mounted inside is a layer of its own, or was made for the sandbox.
    if (status.st_dev != device_) return;
    auto now = state_of(upper, name.c_str());
    if (now && now != below(lower, name)) manifest_[path] = std::move(now);
    if (S_ISDIR(status.st_mode)) {
      const UniqueFd inner = subfolder(upper, name);
      const UniqueFd inner_lower = subfolder(lower, name);
      if (inner) walk(inner.get(), inner_lower.get(), path);
    }
  }

  static std::optional<FileState> below(int lower, const std::string& name) {
    if (lower < 0) return {};
    return state_of(lower, name.c_str());
  }

  // Everything in `lower` that `upper` does not have.
  void removed_below(int lower, int upper, const std::string& path) {
    if (lower < 0) return;
    for (const std::string& name : names_in(lower)) {
      struct stat status {};
      if (upper >= 0 && ::fstatat(upper, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        continue;
      manifest_[path + "/" + name] = std::nullopt;
      const UniqueFd inner = subfolder(lower, name);
      if (inner) removed_below(inner.get(), -1, path + "/" + name);
    }
  }

  Manifest& manifest_;
  dev_t device_ = 0;  // of the layer's own files
};

// The innermost layer that holds a path.
const Layer* layer_of(const std::string& path, const std::vector<Layer>& layers) {
  const Layer* found = nullptr;
  for (const Layer& layer : layers) {
    const bool holds = layer.path == "/" || path.starts_with(layer.path + "/");
    if (holds && (found == nullptr || layer.path.size() >= found->path.size()))
      found = &layer;
  }
  return found;
}

std::optional<FileState> state_below(const std::string& path,
                                     const std::vector<Layer>& layers) {
  const Layer* layer = layer_of(path, layers);
  if (layer == nullptr || !layer->lower) return {};
  const std::size_t skip = layer->path == "/" ? 1 : layer->path.size() + 1;
  return state_of(layer->lower.get(), path.c_str() + skip);
}

}  // namespace

Manifest scan_layers(const std::vector<Layer>& layers) {
  Manifest manifest;
  Scan scan(manifest);
  for (const Layer& layer : layers) scan.layer(layer);
  return manifest;
}

std::vector<FileChange> manifest_changes(const Manifest& before, const Manifest& after,
                                         const std::vector<Layer>& layers) {
  std::vector<FileChange> changes;
  for (const auto& [path, now] : after) {
    const auto earlier = before.find(path);
    auto was = earlier != before.end() ? earlier->second : state_below(path, layers);
    if (was != now) changes.push_back({path, std::move(was), now});
  }
  for (const auto& [path, was] : before) {
    if (after.contains(path)) continue;
    auto now = state_below(path, layers);
    if (was != now) changes.push_back({path, was, std::move(now)});
  }
  std::ranges::sort(changes, {}, &FileChange::path);
  return changes;
}

}  // namespace hookjournal
