#include "cli/install/recorder_path.h"

#include "engine/discovery.h"
#include "engine/error.h"
#include "engine/first_line.h"

namespace hookjournal {

namespace {
// Half of the kernel's 255 bytes, so that the other half is left for the script's words.
constexpr std::size_t kLongest = 127;
constexpr std::string_view kDeleted = " (deleted)";
}  // namespace

std::filesystem::path recorder_beside_us() {
  std::string self = std::filesystem::read_symlink("/proc/self/exe");
  // Our own file was replaced while we run (an upgrade): its successor is in that place.
  if (self.ends_with(kDeleted)) self.resize(self.size() - kDeleted.size());
  return std::filesystem::path(self).parent_path() / "hookjournal-hook";
}

void check_recorder(const std::filesystem::path& recorder) {
  const std::string path = recorder;
  const std::string tried = "cannot name " + path + " in the first line of scripts: ";
  if (!recorder.is_absolute())
    throw UsageError(tried +
                     "it is not an absolute path, and the kernel would look for "
                     "it in the daemon's working directory");
  if (path.find_first_of(" \t\r\n") != std::string::npos)
    throw UsageError(tried +
                     "its path contains a blank, and the kernel ends an "
                     "interpreter's name there; put it elsewhere and give "
                     "--hook PATH");
  if (path.size() > kLongest)
    throw UsageError(tried + "the path has " + std::to_string(path.size()) +
                     " bytes; the kernel reads 255 of the whole line, so at most " +
                     std::to_string(kLongest) +
                     " are taken (a symbolic link to it will do)");
  if (!has_recorder("#!" + path))
    throw UsageError(tried +
                     "scripts are known to be recorded by the file name "
                     "hookjournal-hook; name it so");
  if (!is_executable_file(path))
    throw Error(tried +
                "no executable file is there; every hook would fail with it. "
                "Install hookjournal-hook there or give --hook PATH");
}

}  // namespace hookjournal
