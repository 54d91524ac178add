#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "engine/error.h"
#include "tests/unit/engine/scratch_dir.h"

namespace hookjournal {

// What a command left on its streams, and its exit status as main() makes it.
struct CommandResult {
  int status = 0;
  std::string out, err;
};

// Sends a descriptor to a file while it lives.
class Redirected {
 public:
  Redirected(int fd, const std::filesystem::path& file)
      : Redirected(
            fd, ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
  // Takes `to`.
  Redirected(int fd, int to) : fd_(fd), before_(::fcntl(fd, F_DUPFD_CLOEXEC, 3)) {
    ::dup2(to, fd);
    ::close(to);
  }
  ~Redirected() {
    ::dup2(before_, fd_);
    ::close(before_);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int fd_, before_;
};

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// `terminal`: what stdout is to be instead of a file; taken.
inline CommandResult run_command(CommandFunction command, std::vector<std::string> words,
                                 int terminal = -1) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const ScratchDir folder;
  CommandResult result;
  std::fflush(stdout);
  std::fflush(stderr);
  {
    const Redirected err(2, folder.path() / "err");
    const Redirected out =
        terminal >= 0 ? Redirected(1, terminal) : Redirected(1, folder.path() / "out");
    try {
      result.status = command(static_cast<int>(words.size()), argv.data());
    } catch (const UsageError& error) {
      result = {2, "", error.what()};  // main() adds only its name
    } catch (const std::exception& error) {
      result = {3, "", error.what()};
    }
    std::fflush(stdout);
    std::fflush(stderr);
  }
  if (terminal < 0) result.out = bytes_of(folder.path() / "out");
  result.err = bytes_of(folder.path() / "err") + result.err;
  return result;
}

}  // namespace hookjournal
