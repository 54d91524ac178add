#include "engine/pipe_holders.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "engine/small_file.h"

namespace hookjournal {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// "pipe:[4711]", as /proc/PID/fd shows it; empty when not open.
std::string link_text(int fd) {
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) return {};
  return "pipe:[" + std::to_string(status.st_ino) + "]";
}

std::string command_line(const std::string& process) {
  std::string line = read_small_file(process + "/cmdline").value_or("");
  while (!line.empty() && line.back() == '\0') line.pop_back();
  for (char& c : line)
    if (c == '\0') c = ' ';
  if (!line.empty()) return line;
  std::string name = read_small_file(process + "/comm").value_or("");
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return "[" + name + "]";
}

}  // namespace

std::vector<PipeHolder> find_pipe_holders(const HeldPipes& pipes) {
  const std::array<std::pair<std::string, const char*>, 3> wanted{
      {{link_text(pipes.in), "stdin"},
       {link_text(pipes.out), "stdout"},
       {link_text(pipes.err), "stderr"}}};
  std::vector<PipeHolder> holders;
  const Directory processes(::opendir("/proc"));
  if (!processes) return holders;
  while (const dirent* entry = ::readdir(processes.get())) {
    const std::string_view name = entry->d_name;
    pid_t pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) continue;
    if (pid == ::getpid()) continue;
    const std::string process = "/proc/" + std::string(name);
    const Directory descriptors(::opendir((process + "/fd").c_str()));
    if (!descriptors) continue;
    std::array<bool, 3> found{};
    while (const dirent* descriptor = ::readdir(descriptors.get())) {
      char target[64];
      const ssize_t length = ::readlinkat(::dirfd(descriptors.get()), descriptor->d_name,
                                          target, sizeof target);
      if (length <= 0) continue;
      const std::string_view text(target, static_cast<std::size_t>(length));
      for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!wanted[i].first.empty() && text == wanted[i].first) found[i] = true;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (found[i]) holders.push_back({pid, command_line(process), wanted[i].second});
  }
  return holders;
}

}  // namespace hookjournal
