#include "engine/processes/process_wait.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "engine/processes/process_facts.h"
#include "engine/small_file.h"

namespace hookjournal {

namespace {

// What the arguments of a call say about what it waits for.
enum class About { nothing, descriptor, polled, child };
struct KnownCall {
  long number;
  const char* name;
  About about;
};

// Those in which hook scripts and what they run are found waiting. Not every machine has
// all of them.
constexpr KnownCall kCalls[] = {
    {SYS_read, "read", About::descriptor},
    {SYS_write, "write", About::descriptor},
    {SYS_readv, "readv", About::descriptor},
    {SYS_writev, "writev", About::descriptor},
    {SYS_recvfrom, "recvfrom", About::descriptor},
    {SYS_recvmsg, "recvmsg", About::descriptor},
    {SYS_sendto, "sendto", About::descriptor},
    {SYS_sendmsg, "sendmsg", About::descriptor},
    {SYS_connect, "connect", About::descriptor},
    {SYS_accept, "accept", About::descriptor},
    {SYS_accept4, "accept4", About::descriptor},
    {SYS_flock, "flock", About::descriptor},
    {SYS_fcntl, "fcntl", About::descriptor},
    {SYS_ioctl, "ioctl", About::descriptor},
    {SYS_fsync, "fsync", About::descriptor},
    {SYS_fdatasync, "fdatasync", About::descriptor},
    {SYS_ppoll, "ppoll", About::polled},
    {SYS_pselect6, "pselect6", About::nothing},
    {SYS_epoll_pwait, "epoll_pwait", About::descriptor},
    {SYS_wait4, "wait4", About::child},
    {SYS_waitid, "waitid", About::nothing},
    {SYS_nanosleep, "nanosleep", About::nothing},
    {SYS_clock_nanosleep, "clock_nanosleep", About::nothing},
    {SYS_futex, "futex", About::nothing},
    {SYS_openat, "openat", About::nothing},
    {SYS_rt_sigsuspend, "rt_sigsuspend", About::nothing},
    {SYS_rt_sigtimedwait, "rt_sigtimedwait", About::nothing},
#ifdef SYS_poll
    {SYS_poll, "poll", About::polled},
    {SYS_select, "select", About::nothing},
    {SYS_epoll_wait, "epoll_wait", About::descriptor},
    {SYS_open, "open", About::nothing},
    {SYS_pause, "pause", About::nothing},
#endif
};

std::string text_of(pid_t pid, const char* name) {
  std::string text =
      read_small_file("/proc/" + std::to_string(pid) + "/" + name).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

constexpr std::size_t kMostPolled = 64;

// The array is in the memory of the one that waits.
std::vector<int> polled(pid_t pid, std::uint64_t address, std::uint64_t count) {
  std::array<pollfd, kMostPolled> entries{};
  const std::size_t known = std::min<std::uint64_t>(count, entries.size());
  const std::size_t size = known * sizeof(pollfd);
  const iovec local{entries.data(), size};
  const iovec remote{std::bit_cast<void*>(static_cast<std::uintptr_t>(address)), size};
  std::vector<int> descriptors;
  if (known == 0 ||
      ::process_vm_readv(pid, &local, 1, &remote, 1, 0) != static_cast<ssize_t>(size))
    return descriptors;
  for (std::size_t i = 0; i < known; ++i)
    if (entries[i].fd >= 0) descriptors.push_back(entries[i].fd);
  return descriptors;
}

void describe(pid_t pid, long number, const std::array<std::uint64_t, 6>& arguments,
              ProcessWait& wait) {
  const auto known = std::ranges::find(kCalls, number, &KnownCall::number);
  if (known == std::end(kCalls)) {
    wait.call = "system call " + std::to_string(number);
    return;
  }
  wait.call = known->name;
  if (known->about == About::descriptor)
    wait.descriptors = {static_cast<int>(arguments[0])};
  if (known->about == About::polled)
    wait.descriptors = polled(pid, arguments[0], arguments[1]);
  // Other than a positive number is any, or any of a group.
  if (known->about == About::child)
    wait.child = std::max<pid_t>(0, static_cast<pid_t>(arguments[0]));
}

}  // namespace

ProcessWait process_wait(pid_t pid) {
  ProcessWait wait;
  const std::string call = text_of(pid, "syscall");
  // "0 0x3 0x7ffd...": number and six arguments; "running"; "-1 ...": in no call.
  if (call.empty()) {
    wait.hidden = true;
    return wait;
  }
  if (call == "running") {
    wait.running = true;
    return wait;
  }
  if (wait.channel = text_of(pid, "wchan"); wait.channel == "0") wait.channel.clear();
  std::istringstream words(call);
  long number = -1;
  words >> number;
  if (number < 0) return wait;
  std::array<std::uint64_t, 6> arguments{};
  for (std::uint64_t& argument : arguments) {
    std::string word;
    words >> word;
    argument = std::strtoull(word.c_str(), nullptr, 16);
  }
  describe(pid, number, arguments, wait);
  return wait;
}

// "1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF"; a waiter has "->" after its number.
std::vector<pid_t> lock_holders(pid_t pid, int fd) {
  struct stat status {};
  const std::string file = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd);
  if (::stat(file.c_str(), &status) != 0) return {};
  char wanted[64];
  std::snprintf(wanted, sizeof wanted, "%02x:%02x:%llu", ::major(status.st_dev),
                ::minor(status.st_dev), static_cast<unsigned long long>(status.st_ino));
  std::vector<pid_t> holders;
  std::istringstream lines(read_small_file("/proc/locks").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, place;
    pid_t holder = 0;
    words >> number >> kind;
    if (kind == "->") continue;
    words >> mode >> access >> holder >> place;
    if (place == wanted && holder > 0 && holder != pid) holders.push_back(holder);
  }
  return holders;
}

}  // namespace hookjournal
