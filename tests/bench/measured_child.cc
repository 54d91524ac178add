#include "tests/bench/measured_child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

namespace {

struct Pipe {
  int ends[2];
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
};

// Reads both to their end, as they come.
void read_to_the_end(int out, int err, std::string& text) {
  pollfd polled[] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  for (int open = 2; open > 0;) {
    ::poll(polled, 2, -1);
    for (pollfd& entry : polled) {
      if (entry.fd < 0 || entry.revents == 0) continue;
      char buffer[65536];
      const ssize_t count = ::read(entry.fd, buffer, sizeof buffer);
      if (count > 0) {
        if (entry.fd == out) text.append(buffer, static_cast<size_t>(count));
        continue;
      }
      entry.fd = -1;
      --open;
    }
  }
}

}  // namespace

MeasuredRun run_measured(const std::vector<std::string>& argv, const std::string& input) {
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  char locale[] = "LC_ALL=C";
  char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {locale, path, nullptr};

  MeasuredRun result;
  const auto began = std::chrono::steady_clock::now();
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.ends[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
  pid_t pid = 0;
  const int failure =
      ::posix_spawn(&pid, words[0], &actions, nullptr, words.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("cannot start " + argv[0]);
  ::close(in.ends[0]);
  ::close(out.ends[1]);
  ::close(err.ends[1]);
  // Fits into the pipe.
  if (::write(in.ends[1], input.data(), input.size()) < 0) result.status = -1;
  ::close(in.ends[1]);
  read_to_the_end(out.ends[0], err.ends[0], result.out);
  rusage used{};
  ::wait4(pid, &result.status, 0, &used);
  result.max_rss_kib = used.ru_maxrss;
  for (const timeval& time : {used.ru_utime, used.ru_stime})
    result.cpu_ms +=
        static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  result.ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
          .count();
  ::close(out.ends[0]);
  ::close(err.ends[0]);
  return result;
}
