#include "replay/sandbox/script_stage.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <sstream>

#include "engine/error.h"
#include "engine/small_file.h"
#include "replay/sandbox/confinement.h"

namespace hookjournal {

namespace {

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

// All that the new process reads until it is the script.
struct Part {
  const SystemCallFilter* filter;
  SandboxLimits limits;
  uid_t uid;
  gid_t gid;
  mode_t umask;
  std::string file, directory;
  std::vector<std::string> arguments, environment;
  std::vector<char*> argv, envp;
  int go, refused, in, out, err;
};

// What the parent is told: errno, then the step's name. Nothing of what runs here may
// allocate: the memory is the parent's. The sanitizer's idea of a stack is the parent's,
// too.
[[noreturn, gnu::no_sanitize("address")]] void give_up(int refused, const char* step) {
  int error = errno;
  const iovec told[] = {{&error, sizeof error},
                        {const_cast<char*>(step), std::strlen(step)}};
  static_cast<void>(::writev(refused, told, std::size(told)));
  ::_exit(127);
}

// A script starts with default signals and an empty mask. SIGPIPE is the only one that
// the first process of a sandbox ignores.
void reset_signals() {
  struct sigaction default_action {};
  default_action.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &default_action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[gnu::no_sanitize("address")]] void confine(const Part& part) {
  if (!install_filter(*part.filter)) give_up(part.refused, "its system call filter");
  if (!set_limits(part.limits)) give_up(part.refused, "its limits");
  if (!drop_capabilities()) give_up(part.refused, "giving up capabilities");
  if (part.gid != 0 || part.uid != 0) {
    // Without the groups where a user namespace has none but its own.
    static_cast<void>(::setgroups(0, nullptr));
    if (::setresgid(part.gid, part.gid, part.gid) != 0 ||
        ::setresuid(part.uid, part.uid, part.uid) != 0)
      give_up(part.refused, "taking the recorded user and group");
  }
}

[[gnu::no_sanitize("address")]] int become_script(void* told) {
  const Part& part = *static_cast<const Part*>(told);
  char go = 0;
  if (::read(part.go, &go, 1) != 1) ::_exit(127);
  // Ours are all above 2.
  if (::dup2(part.in, 0) < 0 || ::dup2(part.out, 1) < 0 || ::dup2(part.err, 2) < 0)
    give_up(part.refused, "its descriptors");
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  reset_signals();
  ::umask(part.umask);
  if (::chdir(part.directory.c_str()) != 0 && ::chdir("/") != 0)
    give_up(part.refused, "its working directory");
  confine(part);
  ::execve(part.file.c_str(), part.argv.data(), part.envp.data());
  give_up(part.refused, "");
}

// Whoever made a user namespace is root there, and nobody else exists.
unsigned id_inside(const char* map_file, unsigned id) {
  if (id == 0) return 0;  // in every sandbox, and the usual case
  std::istringstream map(read_small_file(map_file).value_or(""));
  unsigned inside = 0, outside = 0, count = 0;
  map >> inside >> outside >> count;
  return count == 1 && outside == id ? inside : id;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::shared_ptr<Part> part_of(const SandboxedRun& run, const std::string& file,
                              const SandboxLimits& limits) {
  auto part = std::make_shared<Part>(Part{.filter = &system_call_filter(),
                                          .limits = limits,
                                          .uid = id_inside("/proc/self/uid_map", run.uid),
                                          .gid = id_inside("/proc/self/gid_map", run.gid),
                                          .umask = run.umask,
                                          .file = file,
                                          .directory = run.working_directory,
                                          .arguments = script_arguments(run.call),
                                          .environment = run.environment});
  part->arguments.insert(part->arguments.begin(), file);
  part->argv = pointers_to(part->arguments);
  part->envp = pointers_to(part->environment);
  return part;
}

// With our memory, as vfork does it: page tables copied at a fork, and then every page
// that both sides write, cost more than the script's own start. Unlike vfork's, this
// process has to be traced before it goes on, so we run meanwhile, until let_go().
pid_t clone_with_our_memory(Part& part) {
  // Of one process at a time; never given back, as one that was let down ends on it.
  alignas(64) static std::array<char, 128 << 10> stack;
  const pid_t pid =
      ::clone(become_script, stack.data() + stack.size(), CLONE_VM | SIGCHLD, &part);
  if (pid < 0) throw Error(with_errno("cannot start a process in a sandbox", errno));
  return pid;
}

UniqueFd above_standard(UniqueFd fd) {
  return fd.get() > 2 ? std::move(fd) : UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
}

}  // namespace

WaitingScript stage_script(const SandboxedRun& run, const std::string& file,
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
  const auto part = part_of(run, file, limits);
  part->go = go.read_end.get();
  part->refused = refused.write_end.get();
  part->in = child_in.get();
  part->out = out.write_end.get();
  part->err = err.write_end.get();
  const pid_t pid = clone_with_our_memory(*part);
  make_nonblocking(in.write_end);
  make_nonblocking(out.read_end);
  make_nonblocking(err.read_end);
  return {pid,
          std::move(go.write_end),
          std::move(refused.read_end),
          std::move(in.write_end),
          std::move(out.read_end),
          std::move(err.read_end),
          part};
}

std::optional<StartFailure> let_go(const WaitingScript& script,
                                   std::chrono::milliseconds most) {
  if (::write(script.go.get(), "", 1) != 1) return StartFailure{errno, "a start"};
  pollfd polled{script.refused.get(), POLLIN, 0};
  if (::poll(&polled, 1, static_cast<int>(most.count())) != 1) {
    ::kill(script.pid, SIGKILL);
    return StartFailure{ETIMEDOUT, "a start in time"};
  }
  // execve closes the other end.
  std::array<char, 256> told{};
  const ssize_t got = ::read(script.refused.get(), told.data(), told.size());
  StartFailure failure;
  if (got < static_cast<ssize_t>(sizeof failure.error)) return {};
  std::memcpy(&failure.error, told.data(), sizeof failure.error);
  failure.step.assign(told.data() + sizeof failure.error,
                      static_cast<std::size_t>(got) - sizeof failure.error);
  return failure;
}

}  // namespace hookjournal
