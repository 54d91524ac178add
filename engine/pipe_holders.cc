#include "engine/pipe_holders.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "engine/processes/process_facts.h"

namespace hookjournal {

namespace {

// "pipe:[4711]", as /proc/PID/fd shows it; empty when not open.
std::string link_text(int fd) {
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) return {};
  return "pipe:[" + std::to_string(status.st_ino) + "]";
}

}  // namespace

std::vector<PipeHolder> find_pipe_holders(const HeldPipes& pipes) {
  const std::array<std::pair<std::string, const char*>, 3> wanted{
      {{link_text(pipes.in), "stdin"},
       {link_text(pipes.out), "stdout"},
       {link_text(pipes.err), "stderr"}}};
  std::vector<PipeHolder> holders;
  for (const ProcessStat& process : all_process_stats()) {
    if (process.pid == ::getpid()) continue;
    std::array<bool, 3> found{};
    for_each_descriptor(process.pid, [&](int, std::string_view target) {
      for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!wanted[i].first.empty() && target == wanted[i].first) found[i] = true;
    });
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (found[i])
        holders.push_back(
            {process.pid, process_command_line(process.pid), wanted[i].second});
  }
  return holders;
}

}  // namespace hookjournal
