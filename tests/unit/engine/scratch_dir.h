#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace hookjournal {

// A fresh folder that goes away with everything in it.
class ScratchDir {
 public:
  ScratchDir() {
    std::string name = std::filesystem::temp_directory_path() / "hookjournal-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("no scratch folder " + name);
    path_ = name;
  }
  ScratchDir(ScratchDir&& other) noexcept
      : path_(std::exchange(other.path_, std::filesystem::path())) {}
  ScratchDir& operator=(ScratchDir&&) = delete;
  ~ScratchDir() {
    if (path_.empty()) return;  // moved from
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

  // A file below, with the folders it needs.
  std::filesystem::path write(const std::string& name, const std::string& bytes,
                              mode_t mode = 0644) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    ::chmod(file.c_str(), mode);
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace hookjournal
