// escape HOST_PID ABSTRACT_SOCKET TCP_PORT
//
// Tries by system calls what a script in a sandbox must not be able to do, each harmless
// where it should succeed after all. One line for each: its name and "refused", or the
// name and "DONE".
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

namespace {

// In a child: what has succeeded must not help the next.
template <typename Attempt>
void attempt(const char* name, Attempt succeeds) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    errno = 0;
    const bool done = succeeds();
    std::printf("%s: %s\n", name, done ? "DONE" : "refused");
    std::fflush(stdout);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status)) std::printf("%s: refused (killed)\n", name);
}

#define ATTEMPT(name, expression) attempt(name, [&] { return (expression); })

bool call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
  return ::syscall(number, a, b, c, d, e) >= 0;
}
long address(const void* of) { return reinterpret_cast<long>(of); }

// Of a call that could do no harm if it were let through, for its arguments mean nothing:
// whether the kernel looked at them at all.
bool gets_past(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
  return call(number, a, b, c, d, e) ||
         (errno != EPERM && errno != EACCES && errno != ENOSYS && errno != ESRCH);
}

void mounts() {
  ATTEMPT("mount tmpfs", ::mount("tmpfs", "/mnt", "tmpfs", 0, nullptr) == 0);
  ATTEMPT("mount proc", ::mount("proc", "/mnt", "proc", 0, nullptr) == 0);
  ATTEMPT("bind mount", ::mount("/etc", "/mnt", nullptr, MS_BIND, nullptr) == 0);
  ATTEMPT("remount /",
          ::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND, nullptr) == 0);
  ATTEMPT("umount /proc/sys", ::umount2("/proc/sys", MNT_DETACH) == 0);
  ATTEMPT("umount /sys", ::umount2("/sys", MNT_DETACH) == 0);
  ATTEMPT("pivot_root", gets_past(SYS_pivot_root, address("."), address(".")));
  ATTEMPT("open_tree", call(SYS_open_tree, AT_FDCWD, address("/"), 1));
  ATTEMPT("fsopen", call(SYS_fsopen, address("tmpfs"), 0));
  ATTEMPT("swapon", gets_past(SYS_swapon, address("/dev/null"), 0));
  ATTEMPT("acct", ::acct("/etc/passwd") == 0);
}

// Of another process, while it is held back by nothing but the sandbox.
bool can_enter(const char* file) {
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  return fd >= 0 && ::setns(fd, 0) == 0;
}

// The kernel's 32-bit door, as a program for such a processor uses it.
long call_of_32_bit([[maybe_unused]] long number, [[maybe_unused]] long first) {
#if defined(__x86_64__)
  long result = number;
  __asm__ volatile("int $0x80"
                   : "+a"(result)
                   : "b"(first)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
#else
  return -ENOSYS;
#endif
}

void namespaces() {
  constexpr struct {
    const char* name;
    int flag;
  } kinds[] = {{"user", CLONE_NEWUSER},
               {"mnt", CLONE_NEWNS},
               {"net", CLONE_NEWNET},
               {"pid", CLONE_NEWPID},
               {"cgroup", CLONE_NEWCGROUP}};
  for (const auto& [name, flag] : kinds) {
    ATTEMPT((std::string("unshare ") + name).c_str(), ::unshare(flag) == 0);
    ATTEMPT((std::string("clone ") + name).c_str(), [&] {
      const long child = ::syscall(SYS_clone, flag | SIGCHLD, 0, 0, 0, 0);
      if (child == 0) ::_exit(0);
      return child > 0;
    }());
    ATTEMPT((std::string("clone3 ") + name).c_str(), [&] {
      clone_args wanted{};
      wanted.flags = static_cast<std::uint64_t>(flag);
      wanted.exit_signal = SIGCHLD;
      const long child = ::syscall(SYS_clone3, &wanted, sizeof wanted);
      if (child == 0) ::_exit(0);
      return child > 0;
    }());
  }
  constexpr long kUnshareOf32Bit = 310, kGetKeyOf32Bit = 288;
  ATTEMPT("32-bit unshare", call_of_32_bit(kUnshareOf32Bit, CLONE_NEWUSER) == 0);
  ATTEMPT("32-bit keyctl", call_of_32_bit(kGetKeyOf32Bit, 0) >= 0);
#if defined(__x86_64__)
  constexpr long kX32 = 0x40000000;
  ATTEMPT("x32 unshare", call(kX32 | SYS_unshare, CLONE_NEWUSER));
#endif
  ATTEMPT("setns mnt", can_enter("/proc/1/ns/mnt"));
  ATTEMPT("setns net", can_enter("/proc/1/ns/net"));
  ATTEMPT("setns user", can_enter("/proc/1/ns/user"));
}

bool exists_for(pid_t process) { return ::kill(process, 0) == 0; }

void processes(pid_t of_host) {
  // Numbers mean something else here; at most a process of the sandbox has this one.
  ATTEMPT("see a process of the host", exists_for(of_host));
  ATTEMPT("kill a process of the host", ::kill(of_host, SIGKILL) == 0);
  for (const pid_t process : {pid_t{1}, of_host}) {
    const std::string of = process == 1 ? " init" : " host";
    ATTEMPT(("ptrace" + of).c_str(), ::ptrace(PTRACE_SEIZE, process, 0, 0) == 0);
    ATTEMPT(("process_vm_writev" + of).c_str(),
            gets_past(SYS_process_vm_writev, process, address(""), 0, address(""), 0));
    const std::string folder = "/proc/" + std::to_string(process);
    for (const char* name : {"/mem", "/root/etc/passwd", "/environ", "/fd/0"}) {
      ATTEMPT((folder + name + of).c_str(),
              ::open((folder + name).c_str(), O_RDONLY) >= 0);
    }
  }
}

bool can_open_device(mode_t kind, unsigned first, unsigned second) {
  const char* path = "/tmp/.device";
  const bool made = ::mknod(path, kind | 0666, makedev(first, second)) == 0;
  const bool opened = made && ::open(path, O_RDONLY) >= 0;
  ::unlink(path);
  return opened;
}

bool can_open_by_handle() {
  alignas(file_handle) char space[sizeof(file_handle) + MAX_HANDLE_SZ]{};
  auto* handle = reinterpret_cast<file_handle*>(space);
  handle->handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  const int folder = ::open("/etc", O_RDONLY | O_DIRECTORY);
  // Without a handle of its own an inode's number is guessed: 2 is the root of most.
  if (::name_to_handle_at(folder, ".", handle, &mount, AT_EMPTY_PATH) != 0) {
    handle->handle_bytes = 8;
    handle->handle_type = 1;
    handle->f_handle[0] = 2;
  }
  return ::open_by_handle_at(folder, handle, O_RDONLY) >= 0;
}

void machine() {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  const timespec clock{now.tv_sec, now.tv_usec * 1000};
  timex tuned{};
  tuned.modes = ADJ_TICK;
  tuned.tick = 10000;
  ATTEMPT("settimeofday", call(SYS_settimeofday, address(&now)));
  ATTEMPT("clock_settime", ::clock_settime(CLOCK_REALTIME, &clock) == 0);
  ATTEMPT("adjtimex", ::adjtimex(&tuned) >= 0);
  ATTEMPT("clock_adjtime", ::clock_adjtime(CLOCK_REALTIME, &tuned) >= 0);
  ATTEMPT("init_module", gets_past(SYS_init_module, address(""), 0, address("")));
  ATTEMPT("delete_module", gets_past(SYS_delete_module, address("dummy"), O_NONBLOCK));
  ATTEMPT("kexec_load", gets_past(SYS_kexec_load, 0, 0, 0, 0));
  ATTEMPT("reboot", ::reboot(RB_DISABLE_CAD) == 0);
  ATTEMPT("console level", ::klogctl(8, nullptr, 7) >= 0);
  ATTEMPT("sethostname", ::sethostname("escaped", 7) == 0);
  ATTEMPT("setdomainname", ::setdomainname("escaped", 7) == 0);
#if defined(__x86_64__)
  ATTEMPT("iopl", call(SYS_iopl, 3));
#endif
  ATTEMPT("bpf", gets_past(SYS_bpf, 0, 0, 0));
  ATTEMPT("perf_event_open", gets_past(SYS_perf_event_open, 0, 0, -1, -1, 0));
  ATTEMPT("userfaultfd", call(SYS_userfaultfd, 0));
  ATTEMPT("keyctl", call(SYS_keyctl, 0, -4, 1));
  ATTEMPT("add_key",
          call(SYS_add_key, address("user"), address("escape"), address("x"), 1, -4));
  ATTEMPT("open a disk",
          can_open_device(S_IFBLK, 8, 0) || can_open_device(S_IFBLK, 254, 0));
  ATTEMPT("open /dev/mem", can_open_device(S_IFCHR, 1, 1));
  ATTEMPT("open kmsg", can_open_device(S_IFCHR, 1, 11));
  ATTEMPT("open_by_handle_at", can_open_by_handle());
}

bool same_folder(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// The classic: a descriptor from before chroot(), and then up as far as it goes.
bool leaves_by_chroot() {
  struct stat before {
  }, after{};
  const int outside = ::open("/", O_RDONLY | O_DIRECTORY);
  ::mkdir("/tmp/.cage", 0755);
  if (::stat("/", &before) != 0 || ::chroot("/tmp/.cage") != 0) return false;
  if (::fchdir(outside) != 0) return false;
  for (int step = 0; step < 64; ++step)
    if (::chdir("..") != 0) return false;
  if (::chroot(".") != 0 || ::stat("/", &after) != 0) return false;
  return !same_folder(before, after);
}

bool connects(const sockaddr* to, socklen_t size) {
  const int socket = ::socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return ::connect(socket, to, size) == 0;
}

bool connects_to_path(const char* path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, path, sizeof to.sun_path - 1);
  return connects(reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

bool connects_to_abstract(const char* name) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path + 1, name, sizeof to.sun_path - 2);
  const auto size = offsetof(sockaddr_un, sun_path) + 1 + std::strlen(name);
  return connects(reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(size));
}

bool connects_to_port(int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connects(reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  mounts();
  namespaces();
  processes(std::atoi(argv[1]));
  machine();
  ATTEMPT("leave a chroot", leaves_by_chroot());
  ATTEMPT("a socket's path", connects_to_path("/run/canary.sock"));
  ATTEMPT("a socket's path in a folder as it is",
          connects_to_path("/srv/deep/canary.sock"));
  ATTEMPT("an abstract socket", connects_to_abstract(argv[2]));
  ATTEMPT("a TCP port", connects_to_port(std::atoi(argv[3])));
  std::printf("tried all\n");
  return 0;
}
