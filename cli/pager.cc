#include "cli/pager.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "cli/escape.h"
#include "engine/error.h"

namespace hookjournal {

namespace {

bool is_installed(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    const std::string file = std::string(folder) + "/" + std::string(program);
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return true;
  }
  return false;
}

// For the interrupt handler, which can reach nothing else.
volatile sig_atomic_t running_fd = -1;
volatile pid_t running_pid = -1;

void wait_for(pid_t pid, int* status) {
  while (::waitpid(pid, status, 0) < 0 && errno == EINTR) {
  }
}

void on_interrupt(int signal) {
  const pid_t pid = running_pid;
  if (pid > 0) {
    ::close(running_fd);
    wait_for(pid, nullptr);
  }
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

// Colours, no paging of what fits one screen, for a `less` that was told nothing else.
std::vector<char*> pager_environment(std::string& less) {
  std::vector<char*> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) variables.push_back(*entry);
  if (std::getenv("LESS") == nullptr) variables.push_back(less.data());
  variables.push_back(nullptr);
  return variables;
}

pid_t start(const std::string& command, int input) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  std::string shell = "sh", option = "-c", text = command, less = "LESS=FRX";
  char* argv[] = {shell.data(), option.data(), text.data(), nullptr};
  const auto variables = pager_environment(less);
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, "/bin/sh", &actions, nullptr, argv, variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw Error(with_errno("cannot run /bin/sh for the pager", error));
  return pid;
}

}  // namespace

std::optional<std::string> pager_command() {
  if (const char* chosen = std::getenv("PAGER")) {
    const std::string command = chosen;
    if (command.find_first_not_of(' ') == std::string::npos || command == "cat")
      return {};
    return command;
  }
  if (!is_installed("less")) return {};
  return "less -FRX";
}

Pager::Pager(const std::string& command) : command_(command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw Error(with_errno("cannot make a pipe to the pager", errno));
  const UniqueFd input(ends[0]);
  to_pager_ = UniqueFd(ends[1]);
  pid_ = start(command_, input.get());
  running_fd = to_pager_.get();
  running_pid = pid_;
  std::signal(SIGPIPE, SIG_IGN);  // after the start: a program inherits what is ignored
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

Pager::~Pager() { close_and_wait(); }

int Pager::close_and_wait() {
  if (pid_ < 0) return 0;
  to_pager_.reset();
  running_fd = -1;
  int status = 0;
  wait_for(pid_, &status);
  running_pid = -1;
  pid_ = -1;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_DFL);
  return status;
}

void Pager::finish() {
  const int status = close_and_wait();
  // The shell's words for a command that is not there or cannot be executed.
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 127 || WEXITSTATUS(status) == 126))
    throw Error("cannot show the result with the pager '" + visible(command_) +
                "': it cannot be run; PAGER names another, PAGER=cat none");
}

}  // namespace hookjournal
