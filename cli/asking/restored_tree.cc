#include "cli/asking/restored_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "engine/error.h"
#include "engine/unique_fd.h"
#include "journal/asking/call_difference.h"

namespace hookjournal {

namespace {

constexpr unsigned kPermissions = 0777;

// A journal may come from anywhere: a name in it leads nowhere else.
bool stays_below(const std::string& path) {
  const std::filesystem::path parts(path);
  return !path.empty() && parts.is_relative() &&
         std::ranges::none_of(parts, [](const auto& part) { return part == ".."; });
}

void make_empty(const std::filesystem::path& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure)
    throw Error("cannot make " + directory.string() + ": " + failure.message());
  const bool empty = std::filesystem::is_empty(directory, failure);
  if (failure || !empty)
    throw Error("cannot restore scripts to " + directory.string() + ": " +
                (failure ? failure.message()
                         : "it is not empty; give a directory that is, or a new one"));
}

void write_file(const std::filesystem::path& file, std::string_view bytes,
                unsigned mode) {
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  const UniqueFd fd(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) throw Error(with_errno("cannot write " + file.string(), errno));
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw Error(with_errno("cannot write " + file.string(), errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fchmod(fd.get(), mode & kPermissions) != 0)
    throw Error(with_errno("cannot set the mode of " + file.string(), errno));
}

}  // namespace

RestoredTree restore_tree(JournalReader& journal, const std::string& tree,
                          const std::filesystem::path& directory) {
  const auto entries = journal.tree(tree);
  make_empty(directory);
  RestoredTree restored;
  for (const TreeEntry& entry : entries) {
    std::string why = why_no_content(entry.kind);
    if (!stays_below(entry.path)) why = "it lies outside the hooks directory";
    const auto bytes = why.empty() ? journal.tree_file(tree, entry.path) : std::nullopt;
    if (bytes) {
      write_file(directory / entry.path, *bytes, entry.mode);
      ++restored.files;
      continue;
    }
    restored.missing.push_back(
        entry.path + ": " +
        (why.empty() ? "its content is no longer in the journal" : why));
  }
  return restored;
}

}  // namespace hookjournal
