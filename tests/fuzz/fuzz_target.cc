#include "tests/fuzz/fuzz_target.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/error.h"

namespace hookjournal {

namespace {

// One for the process, gone with it unless it crashes.
const std::filesystem::path& scratch() {
  struct Folder {
    // In memory where that can be: a thousand files are made in a second.
    std::filesystem::path path =
        (std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm")
                                             : std::filesystem::temp_directory_path()) /
        ("hookjournal-fuzz." + std::to_string(::getpid()));
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  return folder.path;
}

}  // namespace

void broken_promise(const char* what) {
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

FuzzFile::FuzzFile(const std::string& name, std::string_view bytes) : name_(name) {
  std::filesystem::create_directories(std::filesystem::path(path()).parent_path());
  std::ofstream(path(), std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string FuzzFile::path() const { return scratch() / name_; }
std::string FuzzFile::folder() const { return scratch(); }

void fuzz_once(FuzzFunction function, std::string_view bytes) {
  try {
    function(bytes);
  } catch (const Error&) {
    // Refused, as it may be.
  }
}

}  // namespace hookjournal
