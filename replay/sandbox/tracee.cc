#include "replay/sandbox/tracee.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "engine/small_file.h"
#include "engine/unique_fd.h"
#include "replay/sandbox/confinement.h"
#include "replay/sandbox/scene.h"

namespace hookjournal {

namespace {

constexpr std::size_t kMostArguments = 256 << 10;  // bytes kept of a command line

// The C library asks these for users and hosts on its own.
constexpr std::array kOfLibraries = {"/var/run/nscd/socket", "/run/nscd/socket",
                                     "/run/systemd/userdb/io.systemd.DynamicUser",
                                     "/run/systemd/resolve/io.systemd.Resolve"};

std::string proc_path(pid_t process, const char* name) {
  return "/proc/" + std::to_string(process) + "/" + name;
}

std::string read_proc(pid_t process, const char* name) {
  return read_small_file(proc_path(process, name), kMostArguments).value_or("");
}

std::string read_link(const std::string& path) {
  std::array<char, 4096> target{};
  const ssize_t got = ::readlink(path.c_str(), target.data(), target.size());
  return got > 0 ? std::string(target.data(), static_cast<std::size_t>(got)) : "";
}

bool read_memory(pid_t process, std::uint64_t address, void* to, std::size_t size) {
  const iovec local{to, size};
  const iovec remote{std::bit_cast<void*>(address), size};
  return ::process_vm_readv(process, &local, 1, &remote, 1, 0) ==
         static_cast<ssize_t>(size);
}

// Up to its end or the end of what can be read; page by page, as the next may be missing.
std::string string_at(pid_t process, std::uint64_t address) {
  std::string text;
  while (text.size() < 4096) {
    std::array<char, 256> part{};
    const std::size_t size = part.size() - address % part.size();
    if (!read_memory(process, address, part.data(), size)) break;
    const std::string_view got(part.data(), size);
    const auto end = got.find('\0');
    text += got.substr(0, end);
    if (end != std::string_view::npos) break;
    address += size;
  }
  return text;
}

// The kernel notes there which file execve was given: of a script the script.
std::string file_given_to_execve(pid_t process) {
  const std::string vector = read_proc(process, "auxv");
  using Word = decltype(Elf64_auxv_t::a_type);
  for (std::size_t at = 0; at + 2 * sizeof(Word) <= vector.size();
       at += 2 * sizeof(Word)) {
    std::array<Word, 2> entry{};
    std::memcpy(entry.data(), vector.data() + at, sizeof entry);
    if (entry[0] == AT_EXECFN) return string_at(process, entry[1]);
  }
  return "";
}

std::vector<std::string> strings_of(const std::string& text) {
  std::vector<std::string> strings;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\0', at), text.size());
    strings.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return strings;
}

std::string address_text(const sockaddr_storage& address, std::size_t length) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  if (address.ss_family == AF_INET) {
    sockaddr_in inet{};
    std::memcpy(&inet, &address, sizeof inet);
    ::inet_ntop(AF_INET, &inet.sin_addr, host.data(), host.size());
    return std::string("inet ") + host.data() + ":" +
           std::to_string(ntohs(inet.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 inet{};
    std::memcpy(&inet, &address, sizeof inet);
    ::inet_ntop(AF_INET6, &inet.sin6_addr, host.data(), host.size());
    return std::string("inet [") + host.data() +
           "]:" + std::to_string(ntohs(inet.sin6_port));
  }
  if (address.ss_family == AF_UNIX && length > offsetof(sockaddr_un, sun_path)) {
    sockaddr_un unix_address{};
    std::memcpy(&unix_address, &address, std::min(length, sizeof unix_address));
    const std::string path(unix_address.sun_path,
                           length - offsetof(sockaddr_un, sun_path));
    if (path.front() == '\0') return "unix @" + path.substr(1);
    return "unix " + path.substr(0, path.find('\0'));
  }
  return "";
}

bool is_ours_or_the_librarys(const std::string& target) {
  if (target.starts_with(std::string("unix ") + kOurFolder)) return true;
  return std::ranges::any_of(kOfLibraries, [&target](const char* path) {
    return target == std::string("unix ") + path;
  });
}

}  // namespace

Command executed_command(pid_t process) {
  Command command;
  command.program = file_given_to_execve(process);
  command.arguments = strings_of(read_proc(process, "cmdline"));
  // "#!" puts an interpreter and at most one word before the script's own path.
  auto& words = command.arguments;
  for (std::size_t at = 1; at < words.size() && at <= 2; ++at) {
    if (words[at] != command.program || words[0] == command.program) continue;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at));
    break;
  }
  if (!command.program.starts_with('/'))
    command.program = read_link(proc_path(process, "cwd")) + "/" + command.program;
  return command;
}

std::string running_program(pid_t process) {
  return read_link(proc_path(process, "exe"));
}

std::optional<Attempt> filtered_attempt(pid_t process) {
  __ptrace_syscall_info info{};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info) <= 0) return {};
  Attempt attempt;
  attempt.program = read_proc(process, "comm");
  while (attempt.program.ends_with('\n')) attempt.program.pop_back();
  const auto number = static_cast<long>(info.seccomp.nr);
  if (number != SYS_connect) {
    attempt.kind = Attempt::Kind::refused;
    attempt.target = refused_call_name(number);
    return attempt;
  }
  sockaddr_storage address{};
  const std::size_t length =
      std::min<std::uint64_t>(info.seccomp.args[2], sizeof address);
  if (length < sizeof address.ss_family ||
      !read_memory(process, info.seccomp.args[1], &address, length))
    return {};
  attempt.target = address_text(address, length);
  if (attempt.target.empty() || is_ours_or_the_librarys(attempt.target)) return {};
  return attempt;
}

std::string command_line_of(pid_t process) {
  std::string line;
  for (const std::string& word : strings_of(read_proc(process, "cmdline")))
    line += (line.empty() ? "" : " ") + word;
  if (!line.empty()) return line;
  std::string name = read_proc(process, "comm");
  while (name.ends_with('\n')) name.pop_back();
  return "[" + name + "]";
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> processes;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  if (!folder) return processes;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (const int process = std::atoi(entry->d_name); process > 0)
      processes.push_back(process);
  }
  std::ranges::sort(processes);
  return processes;
}

bool is_unsettled(pid_t process) {
  const std::string status = read_proc(process, "status");
  const auto value = [&status](std::string_view label) {
    const auto at = status.find(label);
    return at == std::string::npos ? nullptr : status.c_str() + at + label.size();
  };
  const char* const state = value("\nState:\t");
  if (state == nullptr) return false;  // gone
  if (*state != 'S' && *state != 'T') return true;
  for (const std::string_view label : {"\nSigPnd:\t", "\nShdPnd:\t"})
    if (const char* set = value(label);
        set != nullptr && std::strtoull(set, nullptr, 16) != 0)
      return true;
  return false;
}

std::uint64_t memory_of_processes() {
  std::uint64_t kib = 0;
  for (const pid_t process : all_processes()) {
    if (process == 1) continue;
    const std::string status = read_proc(process, "status");
    // Not RssFile, which programs share.
    for (const std::string_view label : {"\nRssAnon:", "\nRssShmem:"})
      if (const auto at = status.find(label); at != std::string::npos)
        kib += std::strtoull(status.c_str() + at + label.size(), nullptr, 10);
  }
  return kib << 10;
}

pid_t thread_group_of(pid_t task) {
  constexpr std::string_view kLabel = "\nTgid:";
  const std::string status = read_proc(task, "status");
  const auto at = status.find(kLabel);
  return at == std::string::npos ? task : std::atoi(status.c_str() + at + kLabel.size());
}

}  // namespace hookjournal
