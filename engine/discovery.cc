#include "engine/discovery.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace hookjournal {

bool is_executable_file(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         (status.st_mode & 0111) != 0;
}

Discovery discover(const std::filesystem::path& hooks_dir, const std::string& driver) {
  Discovery found;
  if (is_executable_file(hooks_dir / driver)) found.scripts.push_back(driver);

  const std::string directory_name = driver + ".d";
  const std::filesystem::path directory = hooks_dir / directory_name;
  DIR* entries = ::opendir(directory.c_str());
  if (entries == nullptr) {
    // virDirOpenIfExists: an absent directory is no error, all else is.
    if (errno != ENOENT) found.bad_directory = {errno, std::generic_category()};
    return found;
  }
  const auto first_of_directory = static_cast<std::ptrdiff_t>(found.scripts.size());
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (is_executable_file(directory / name))
      found.scripts.push_back(directory_name + "/" + std::string(name));
  }
  ::closedir(entries);
  // strcmp on the full path: bytes, no locale.
  std::sort(found.scripts.begin() + first_of_directory, found.scripts.end());
  return found;
}

bool is_scripts_directory(const std::string& name) {
  return name.size() > 2 && name.ends_with(".d") && name.find('/') == std::string::npos;
}

ScriptPlace place_of(const std::filesystem::path& script) {
  const std::string file = script.filename();
  const std::filesystem::path parent = script.parent_path();
  const std::string folder = parent.filename();
  if (is_scripts_directory(folder))
    return {parent.parent_path(), folder + "/" + file,
            folder.substr(0, folder.size() - 2)};
  if (is_scripts_directory(file)) return {parent, file, file.substr(0, file.size() - 2)};
  return {parent, file, file};
}

}  // namespace hookjournal
