#include "replay/sandbox/network/legacy_iptables.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <sstream>

#include "engine/small_file.h"
#include "engine/unique_fd.h"

namespace hookjournal {

namespace {

constexpr struct {
  const char *name, *tables;
} kPrograms[] = {{"iptables-legacy", "/proc/self/net/ip_tables_names"},
                 {"ip6tables-legacy", "/proc/self/net/ip6_tables_names"}};

std::string tables_in_use(const char* file) { return read_small_file(file).value_or(""); }

std::optional<std::string> program_path(const std::string& name) {
  for (const char* folder : {"/usr/sbin/", "/sbin/", "/usr/local/sbin/"})
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  return {};
}

std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) return text;
  }
}

// What a program prints. Nothing when it fails.
std::optional<std::string> output_of(std::string program) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), 1);
  ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  char* argv[] = {program.data(), nullptr};
  char* environment[] = {nullptr};
  pid_t pid = 0;
  const int failure =
      ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv, environment);
  ::posix_spawn_file_actions_destroy(&actions);
  writing.reset();
  if (failure != 0) return {};
  std::string text = read_all(reading.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0 ? std::optional(std::move(text)) : std::nullopt;
}

// ":INPUT ACCEPT [12:3456]": the counters go.
std::string without_counters(const std::string& chain) {
  return chain.substr(0, chain.find(" ["));
}

NetworkState unknown_tables(const std::string& program, const std::string& names,
                            const std::string& why) {
  NetworkState state;
  std::istringstream lines(names);
  for (std::string table; std::getline(lines, table);)
    state[program + " " + table] = "unknown (" + why + ")";
  return state;
}

}  // namespace

bool legacy_iptables_used() {
  for (const auto& program : kPrograms)
    if (!tables_in_use(program.tables).empty()) return true;
  return false;
}

NetworkState legacy_iptables() {
  NetworkState state;
  for (const auto& program : kPrograms) {
    const std::string names = tables_in_use(program.tables);
    if (names.empty()) continue;
    const std::string save = std::string(program.name) + "-save";
    const auto path = program_path(save);
    const auto saved = path ? output_of(*path) : std::nullopt;
    state.merge(saved ? legacy_tables(program.name, *saved)
                      : unknown_tables(program.name, names,
                                       save + (path ? " fails" : " is missing")));
  }
  return state;
}

NetworkState legacy_tables(const std::string& program, const std::string& saved) {
  NetworkState state;
  std::istringstream lines(saved);
  std::string table, text;
  bool says_something = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('*')) {
      table = line.substr(1);
      text.clear();
      says_something = false;
    } else if (line.starts_with(':')) {
      const std::string chain = without_counters(line);
      if (!chain.ends_with(" ACCEPT")) says_something = true;
      text += (text.empty() ? "" : "\n") + chain;
    } else if (line == "COMMIT") {
      if (says_something) state[program + " " + table] = text;
    } else if (line.starts_with('-')) {
      says_something = true;
      text += "\n" + line;
    }
  }
  return state;
}

}  // namespace hookjournal
