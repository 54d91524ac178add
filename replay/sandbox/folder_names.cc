#include "replay/sandbox/folder_names.h"

#include <dirent.h>
#include <fcntl.h>

#include <memory>

namespace hookjournal {

namespace {

std::vector<std::string> names_of(DIR* opened) {
  std::vector<std::string> names;
  if (opened == nullptr) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opened, ::closedir);
  while (const dirent* entry = ::readdir(opened)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

}  // namespace

std::vector<std::string> names_in(const std::string& path) {
  return names_of(::opendir(path.c_str()));
}

std::vector<std::string> names_in(int folder) {
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return names_of(again >= 0 ? ::fdopendir(again) : nullptr);
}

}  // namespace hookjournal
