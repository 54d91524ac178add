#include "replay/sandbox/script_stage.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>

#include "engine/error.h"
#include "engine/small_file.h"
#include "replay/sandbox/confinement.h"

namespace hookjournal {

namespace {

constexpr mode_t kUmaskOfLibvirt = 022;

struct Pipe {
  UniqueFd read_end, write_end;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw Error(with_errno("cannot make a pipe for a script", errno));
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void make_nonblocking(const UniqueFd& fd) {
  if (fd) ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
}

struct ChildSide {
  int go, refused, in, out, err;
};

// What the parent is told: errno, then the step's name.
[[noreturn]] void give_up(int refused, const char* step) {
  const int error = errno;
  std::string told(reinterpret_cast<const char*>(&error), sizeof error);
  told += step;
  static_cast<void>(::write(refused, told.data(), told.size()));
  ::_exit(127);
}

void reset_signals() {
  struct sigaction default_action {};
  default_action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number)
    ::sigaction(number, &default_action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Whoever made a user namespace is root there, and nobody else exists.
unsigned id_inside(const char* map_file, unsigned id) {
  std::istringstream map(read_small_file(map_file).value_or(""));
  unsigned inside = 0, outside = 0, count = 0;
  map >> inside >> outside >> count;
  return count == 1 && outside == id ? inside : id;
}

void confine(const SandboxedRun& run, const SandboxLimits& limits, int refused) {
  const uid_t uid = id_inside("/proc/self/uid_map", run.uid);
  const gid_t gid = id_inside("/proc/self/gid_map", run.gid);
  if (!install_filter()) give_up(refused, "its system call filter");
  // From here on nothing is allocated: an instrumented build uses more address space than
  // any script may.
  if (!set_limits(limits)) give_up(refused, "its limits");
  if (!drop_capabilities()) give_up(refused, "giving up capabilities");
  if (gid != 0 || uid != 0) {
    // Without the groups where a user namespace has none but its own.
    static_cast<void>(::setgroups(0, nullptr));
    if (::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0)
      give_up(refused, "taking the recorded user and group");
  }
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void become_script(const SandboxedRun& run, const std::string& file,
                                const SandboxLimits& limits, const ChildSide& side) {
  char go = 0;
  if (::read(side.go, &go, 1) != 1) ::_exit(127);
  // Ours are all above 2.
  if (::dup2(side.in, 0) < 0 || ::dup2(side.out, 1) < 0 || ::dup2(side.err, 2) < 0)
    give_up(side.refused, "its descriptors");
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  reset_signals();
  ::umask(kUmaskOfLibvirt);
  if (::chdir(run.working_directory.c_str()) != 0 && ::chdir("/") != 0)
    give_up(side.refused, "its working directory");
  std::vector<std::string> arguments = script_arguments(run.call);
  arguments.insert(arguments.begin(), file);
  std::vector<std::string> environment = run.environment;
  const auto argv = pointers_to(arguments), envp = pointers_to(environment);
  confine(run, limits, side.refused);
  ::execve(file.c_str(), argv.data(), envp.data());
  give_up(side.refused, "");
}

UniqueFd above_standard(UniqueFd fd) {
  return fd.get() > 2 ? std::move(fd) : UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
}

}  // namespace

WaitingScript fork_script(const SandboxedRun& run, const std::string& file,
                          const SandboxLimits& limits) {
  Pipe go = make_pipe(), refused = make_pipe(), out = make_pipe(), err = make_pipe(), in;
  UniqueFd child_in;
  if (run.input) {
    in = make_pipe();
    child_in = std::move(in.read_end);
  } else {
    child_in.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
  }
  child_in = above_standard(std::move(child_in));
  out.write_end = above_standard(std::move(out.write_end));
  err.write_end = above_standard(std::move(err.write_end));
  const pid_t pid = ::fork();
  if (pid < 0) throw Error(with_errno("cannot start a process in a sandbox", errno));
  if (pid == 0)
    become_script(run, file, limits,
                  {go.read_end.get(), refused.write_end.get(), child_in.get(),
                   out.write_end.get(), err.write_end.get()});
  make_nonblocking(in.write_end);
  make_nonblocking(out.read_end);
  make_nonblocking(err.read_end);
  return {pid,
          std::move(go.write_end),
          std::move(refused.read_end),
          std::move(in.write_end),
          std::move(out.read_end),
          std::move(err.read_end)};
}

std::optional<StartFailure> start_failure(int refused) {
  std::array<char, 256> told{};
  const ssize_t got = ::read(refused, told.data(), told.size());
  StartFailure failure;
  if (got < static_cast<ssize_t>(sizeof failure.error)) return {};
  std::memcpy(&failure.error, told.data(), sizeof failure.error);
  failure.step.assign(told.data() + sizeof failure.error,
                      static_cast<std::size_t>(got) - sizeof failure.error);
  return failure;
}

}  // namespace hookjournal
