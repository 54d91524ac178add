#include "replay/scripts_tree.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/error.h"
#include "engine/first_line.h"
#include "engine/script_tree.h"
#include "engine/sha256.h"
#include "engine/small_file.h"

namespace hookjournal {

namespace {

// A launcher or a watcher is one line.
constexpr std::size_t kFirstLine = 4096;

// Beyond what a recorder may spend its time on; a compiled hook is some megabytes.
constexpr std::uint64_t kLargestScript = 256ULL << 20;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

void add(Sha256& hash, std::string_view part) {
  const std::string length = std::to_string(part.size()) + ":";
  hash.update(length).update(part);
}

ScriptsTree finished(ScriptsTree tree) {
  std::ranges::sort(tree.files, {}, &ScriptsTree::File::path);
  Sha256 hash;
  for (const auto& file : tree.files) {
    add(hash, file.path);
    add(hash, std::to_string(file.mode));
    add(hash, file.bytes);
  }
  tree.id = to_hex(hash.finish());
  return tree;
}

void take(ScriptsTree& tree, ScriptsTree::File file) {
  if (is_watcher(file.bytes))
    tree.watchers.push_back(std::move(file.path));
  else
    tree.files.push_back(std::move(file));
}

// What cannot be told by a list of files: a `.d` that is there and cannot be read.
// libvirt fails every call of that driver, but so it would be with a copy of these
// scripts too.
void refuse_unreadable(const std::filesystem::path& directory) {
  const Directory entries(::opendir(directory.c_str()));
  if (!entries)
    throw Error(with_errno("cannot read the scripts in " + directory.string() +
                               ": it is not a directory that can be read",
                           errno));
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (!name.ends_with(".d")) continue;
    const std::filesystem::path below = directory / name;
    const Directory readable(::opendir(below.c_str()));
    if (!readable && errno != ENOENT && errno != ENOTDIR)
      throw Error(with_errno("cannot read the scripts in " + below.string(), errno));
  }
}

// Of a whole file, however large. Nothing when it cannot be read: errno tells why.
std::optional<std::string> whole_text(const std::filesystem::path& file) {
  auto bytes = read_small_file(file.string(), kLargestScript);
  if (bytes) bytes = without_recorder(*bytes);
  return bytes;
}

// What a launcher launches. In a copy of a hooks directory it names the file in the
// original, while the copy has its own.
std::optional<std::filesystem::path> launched_by(const TreeFile& file,
                                                 const std::filesystem::path& directory) {
  const auto line = read_small_file(file.location.string(), kFirstLine);
  if (!line) return {};
  const auto launched = launched_path(*line);
  if (!launched) return {};
  const std::filesystem::path beside = directory / "hookjournal" / file.path;
  struct stat status {};
  return ::stat(beside.c_str(), &status) == 0 ? beside : std::filesystem::path(*launched);
}

void add_launched(ScriptsTree& tree, const std::string& path,
                  const std::filesystem::path& launched) {
  struct stat status {};
  std::optional<std::string> bytes;
  if (::stat(launched.c_str(), &status) == 0) bytes = whole_text(launched);
  if (bytes)
    take(tree, {path, status.st_mode & 07777, std::move(*bytes)});
  else
    tree.missing.push_back(
        with_errno(path + " (cannot read " + launched.string(), errno) + ")");
}

std::string why_missing(const TreeEntry& entry) {
  switch (entry.kind) {
    case TreeEntry::Kind::keyed:
      return "others may not read it: kept by digest only";
    case TreeEntry::Kind::too_large:
      return "large: kept by digest only";
    case TreeEntry::Kind::no_room:
      return "the tree was large: kept by digest only";
    case TreeEntry::Kind::volatile_file:
      return "it changed while scripts ran: not kept";
    case TreeEntry::Kind::unreadable:
      return "it could not be read";
    case TreeEntry::Kind::file:
      return "its content is no longer in the journal";
    case TreeEntry::Kind::unknown:
      break;
  }
  return "kept in a way this version does not know";
}

std::optional<std::string> found_elsewhere(
    JournalReader& journal, const TreeEntry& entry,
    const std::vector<const ScriptsTree*>& elsewhere) {
  const bool any_will_do = entry.kind == TreeEntry::Kind::volatile_file;
  for (const ScriptsTree* tree : elsewhere) {
    const auto* file = tree->find(entry.path);
    if (file != nullptr && (any_will_do || journal.is_content_of(entry, file->bytes)))
      return file->bytes;
  }
  return {};
}

}  // namespace

const ScriptsTree::File* ScriptsTree::find(const std::string& path) const {
  const auto file = std::ranges::lower_bound(files, path, {}, &File::path);
  return file != files.end() && file->path == path ? &*file : nullptr;
}

ScriptsTree tree_of_directory(const std::filesystem::path& directory) {
  refuse_unreadable(directory);
  const TreeListing listing = list_tree(directory, {});
  if (listing.too_many)
    throw Error("cannot take the scripts in " + directory.string() + ": more than " +
                std::to_string(kMostFiles) + " files; is it a hooks directory?");
  // Nothing is running there: no file is one that changes during calls.
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  auto contents = read_tree(listing, {}, kNever, kNever);
  ScriptsTree tree;
  auto listed = listing.files.begin();
  for (TreeContent& content : contents) {
    while (listed->path != content.path) ++listed;
    if (const auto launched = launched_by(*listed, directory)) {
      add_launched(tree, content.path, *launched);
      continue;
    }
    if (content.kind == TreeContent::Kind::too_large ||
        content.kind == TreeContent::Kind::no_room) {
      auto bytes = whole_text(listed->location);
      content.kind = bytes ? TreeContent::Kind::content : TreeContent::Kind::unreadable;
      if (bytes) content.bytes = std::move(*bytes);
    }
    if (content.kind == TreeContent::Kind::unreadable)
      tree.missing.push_back(content.path + " (it cannot be read)");
    else
      take(tree, {content.path, content.mode, std::move(content.bytes)});
  }
  return finished(std::move(tree));
}

ScriptsTree tree_of_journal(JournalReader& journal, const std::string& digest,
                            const std::vector<const ScriptsTree*>& elsewhere) {
  ScriptsTree tree;
  for (const TreeEntry& entry : journal.tree(digest)) {
    std::optional<std::string> bytes;
    if (entry.kind == TreeEntry::Kind::file) bytes = journal.content(entry.digest);
    if (!bytes) bytes = found_elsewhere(journal, entry, elsewhere);
    if (!bytes)
      tree.missing.push_back(entry.path + " (" + why_missing(entry) + ")");
    else if (entry.kind == TreeEntry::Kind::volatile_file)
      tree.missing.push_back(entry.path +
                             " as it was then (it changed while scripts ran)");
    if (bytes) take(tree, {entry.path, entry.mode, std::move(*bytes)});
  }
  if (journal.tree_limits(digest).files)
    tree.missing.push_back("further files (only the first " + std::to_string(kMostFiles) +
                           " are kept)");
  return finished(std::move(tree));
}

Discovery discover(const ScriptsTree& tree, const std::string& driver) {
  const auto is_script = [](const ScriptsTree::File& file) {
    return (file.mode & 0111) != 0;
  };
  Discovery found;
  const auto* main = tree.find(driver);
  if (main != nullptr && is_script(*main)) found.scripts.push_back(driver);
  if (tree.find(driver + ".d") != nullptr) {
    found.bad_directory = std::make_error_code(std::errc::not_a_directory);
    return found;
  }
  const std::string folder = driver + ".d/";
  auto file = std::ranges::lower_bound(tree.files, folder, {}, &ScriptsTree::File::path);
  for (; file != tree.files.end() && file->path.starts_with(folder); ++file)
    if (is_script(*file) && file->path.find('/', folder.size()) == std::string::npos)
      found.scripts.push_back(file->path);
  return found;
}

}  // namespace hookjournal
