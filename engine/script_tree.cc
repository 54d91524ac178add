#include "engine/script_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/first_line.h"
#include "engine/small_file.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

constexpr std::string_view kOurFolder = "hookjournal";

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

bool left_out(std::string_view name) {
  return name.ends_with(".log") || name.ends_with("~") || name.ends_with(".swp") ||
         name.ends_with(".swo") || name.starts_with(".#") ||
         (name.starts_with("#") && name.ends_with("#"));
}

// libvirt runs executables of `<driver>.d` whatever their name: backups too.
bool libvirt_may_run(const std::string& path, mode_t mode) {
  const auto slash = path.find('/');
  return slash != std::string::npos && path.find('/', slash + 1) == std::string::npos &&
         path.substr(0, slash).ends_with(".d") && (mode & 0111) != 0;
}

// What lies in our folder beside the moved originals, and changes without the scripts.
bool is_bookkeeping(std::string_view path) {
  constexpr std::string_view kFiles[] = {
      "hookjournal/config.json", "hookjournal/disabled", "hookjournal/installed.json"};
  return std::ranges::find(kFiles, path) != std::end(kFiles) ||
         path.starts_with("hookjournal/staged/");
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// Ends where the limits are met, wherever links lead: a hook waits for it. What libvirt
// may run comes first, so that it is the rest that is left out.
class Walk {
 public:
  explicit Walk(TreeListing& listing) : listing_(listing) {}

  // `path`: the name in the tree of what lies at `location`.
  void add(const std::string& path, const std::filesystem::path& location) {
    struct stat status {};
    if (::stat(location.c_str(), &status) == 0) add(path, location, status);
  }

 private:
  // Looked at for a tree of the most files, and for what is left out in it.
  static constexpr std::size_t kMostEntries = 4 * kMostFiles;

  struct Entry {
    int rank = 0;
    std::string name;
    struct stat status {};
    auto place() const { return std::pair(rank, std::string_view(name)); }
  };

  static int rank_of(std::string_view name, const struct stat& status) {
    if (!S_ISDIR(status.st_mode)) return 0;
    return name.ends_with(".d") || name == kOurFolder ? 1 : 2;
  }

  void add(const std::string& path, const std::filesystem::path& location,
           const struct stat& status) {
    if (S_ISREG(status.st_mode)) {
      add_file(path, location, status);
    } else if (S_ISDIR(status.st_mode)) {
      // A link may lead back up.
      const auto identity = std::pair(status.st_dev, status.st_ino);
      if (!inside_.insert(identity).second) return;
      for (const Entry& entry : entries_of(location))
        add(path.empty() ? entry.name : path + "/" + entry.name, location / entry.name,
            entry.status);
      inside_.erase(identity);
    }
  }

  std::vector<Entry> entries_of(const std::filesystem::path& location) {
    std::vector<Entry> entries;
    const Directory directory(::opendir(location.c_str()));
    if (!directory) return entries;
    while (const dirent* entry = ::readdir(directory.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == ".." || name == ".git" || name == "__pycache__")
        continue;
      if (++looked_at_ > kMostEntries) {
        listing_.too_many = true;
        break;
      }
      struct stat status {};
      // A dangling link, or gone meanwhile?
      if (::stat((location / name).c_str(), &status) == 0)
        entries.push_back({rank_of(name, status), name, status});
    }
    std::ranges::sort(entries, {}, &Entry::place);
    return entries;
  }

  void add_file(const std::string& path, const std::filesystem::path& location,
                const struct stat& status) {
    const auto slash = path.rfind('/');
    const std::string_view name =
        std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
    if (left_out(name) && !libvirt_may_run(path, status.st_mode)) return;
    if (is_bookkeeping(path)) return;
    if (listing_.files.size() >= kMostFiles) {
      listing_.too_many = true;
      return;
    }
    TreeFile file;
    file.path = path;
    file.location = location;
    file.mode = status.st_mode & 07777;
    file.size = static_cast<std::uint64_t>(status.st_size);
    file.changed_ns = nanoseconds(status.st_ctim);
    file.state.reserve(64);
    for (const std::uint64_t part :
         {static_cast<std::uint64_t>(status.st_dev),
          static_cast<std::uint64_t>(status.st_ino), file.size,
          static_cast<std::uint64_t>(nanoseconds(status.st_mtim)),
          static_cast<std::uint64_t>(file.changed_ns),
          static_cast<std::uint64_t>(file.mode)})
      file.state.append(reinterpret_cast<const char*>(&part), sizeof part);
    listing_.files.push_back(std::move(file));
  }

  TreeListing& listing_;
  std::set<std::pair<dev_t, ino_t>> inside_;
  std::size_t looked_at_ = 0;
};

bool is_ours(const std::string& path) {
  return path.starts_with(kOurFolder) && path.size() > kOurFolder.size() &&
         path[kOurFolder.size()] == '/';
}

// Beyond what a hook may spend its time on, the state stands for the content: it changes
// when the content does.
constexpr std::uint64_t kLargestDigested = 64ULL << 20;

Digest digest_of_large(const std::filesystem::path& location, std::uint64_t size,
                       const std::string& state) {
  if (size > kLargestDigested) return sha256(state);
  const UniqueFd in(::open(location.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  Sha256 hash;
  char buffer[65536];
  for (ssize_t count = 0; (count = ::read(in.get(), buffer, sizeof buffer)) > 0;)
    hash.update({buffer, static_cast<std::size_t>(count)});
  return hash.finish();
}

struct Read {
  std::optional<std::string> bytes;  // at most kLargestFile of them
  unsigned mode = 0;
  std::filesystem::path location;
  std::uint64_t size = 0;
};

// The user's text: without our words, or what a launcher launches.
Read users_text(const TreeFile& file) {
  Read read{read_small_file(file.location, kLargestFile), file.mode, file.location,
            file.size};
  if (!read.bytes || !has_recorder(*read.bytes)) return read;
  const auto launched = launched_path(*read.bytes);
  if (!launched) {
    read.bytes = without_recorder(*read.bytes);
    return read;
  }
  struct stat status {};
  if (::stat(launched->c_str(), &status) == 0) {
    read.mode = status.st_mode & 07777;
    read.size = static_cast<std::uint64_t>(status.st_size);
  }
  read.location = *launched;
  read.bytes = read_small_file(*launched, kLargestFile);
  return read;
}

}  // namespace

Digest TreeListing::signature(const std::set<std::string>& known_volatile) const {
  Sha256 hash;
  for (const TreeFile& file : files) {
    hash.update(file.path).update(std::string_view("\0", 1));
    if (!known_volatile.contains(file.path)) hash.update(file.state);
  }
  if (too_many) hash.update("and more");
  return hash.finish();
}

std::int64_t TreeListing::newest_change_ns() const {
  std::int64_t newest = 0;
  for (const TreeFile& file : files) newest = std::max(newest, file.changed_ns);
  return newest;
}

TreeListing list_tree(const std::filesystem::path& hooks_dir,
                      const std::vector<std::filesystem::path>& watched) {
  TreeListing listing;
  Walk walk(listing);
  walk.add("", hooks_dir);
  for (const auto& path : watched) walk.add(path, path);
  std::ranges::sort(listing.files, {}, &TreeFile::path);
  return listing;
}

std::vector<std::string> changed_state_files(const TreeListing& before,
                                             const TreeListing& after) {
  std::map<std::string, std::string> states;
  for (const TreeFile& file : before.files) states[file.path] = file.state;
  std::vector<std::string> changed;
  for (const TreeFile& file : after.files) {
    const auto known = states.find(file.path);
    if (known != states.end() && known->second != file.state && (file.mode & 0111) == 0)
      changed.push_back(file.path);
  }
  return changed;
}

std::vector<TreeContent> read_tree(const TreeListing& listing,
                                   const std::set<std::string>& known_volatile,
                                   std::int64_t changed_since_ns, std::int64_t now_ns) {
  using Kind = TreeContent::Kind;
  std::vector<TreeContent> contents;
  std::uint64_t total = 0;
  for (const TreeFile& file : listing.files) {
    if (is_ours(file.path)) continue;  // seen through its launcher
    TreeContent content;
    content.path = file.path;
    content.mode = file.mode;
    const bool changed = file.changed_ns >= changed_since_ns && file.changed_ns <= now_ns;
    if (known_volatile.contains(file.path)) {
      content.kind = Kind::volatile_file;
      contents.push_back(std::move(content));
      continue;
    }
    Read read = users_text(file);
    content.mode = read.mode;
    if (!read.bytes) {
      content.kind = Kind::unreadable;
    } else if (read.size > kLargestFile) {
      content.kind = changed ? Kind::volatile_file : Kind::too_large;
      content.digest = digest_of_large(read.location, read.size, file.state);
    } else if (changed) {
      content.kind = Kind::volatile_file;
      content.digest = sha256(*read.bytes);
    } else if (total + read.bytes->size() > kLargestTree) {
      content.kind = Kind::no_room;
      content.digest = sha256(*read.bytes);
    } else {
      content.kind = (read.mode & 0004) == 0 ? Kind::private_file : Kind::content;
      total += read.bytes->size();
      content.bytes = std::move(*read.bytes);
    }
    contents.push_back(std::move(content));
  }
  return contents;
}

}  // namespace hookjournal
