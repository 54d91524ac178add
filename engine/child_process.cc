// The door to Boost.Process. Its initializer interface lets the child be set up exactly
// as libvirt sets up a hook's: Boost itself would leave SIGPIPE and the signal mask as
// ours are.
#define BOOST_PROCESS_USE_STD_FS
#include "engine/child_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <boost/asio/io_context.hpp>
#include <boost/optional.hpp>
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/type_traits/decay.hpp>
#include <csignal>

#include "engine/error.h"

namespace hookjournal {

namespace {

namespace process = boost::process::v2;

// Runs in the child between vfork and execve: system calls only, no memory.
struct AsLibvirtDoes {
  ChildStreams streams;

  template <typename Launcher>
  process::error_code on_exec_setup(Launcher&, const std::filesystem::path&,
                                    const char* const*&) {
    const int wanted[] = {streams.in, streams.out, streams.err};
    for (int fd = 0; fd < 3; ++fd)
      // All of ours are above 2, or already in place.
      if (wanted[fd] != fd && ::dup2(wanted[fd], fd) < 0)
        return {errno, boost::system::system_category()};
    ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);

    struct sigaction default_action {};
    default_action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number)
      ::sigaction(number, &default_action, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    return {};
  }

  // Variadic, for Boost 1.81 asks whether it could be called with one argument more than
  // it then calls it with. Without it Boost would call exit(), and so run our exit
  // handlers in memory shared with the parent.
  template <typename... Whatever>
  void on_exec_error(Whatever&&...) {
    ::_exit(127);
  }
};

}  // namespace

std::variant<ChildProcess, NotStarted> start_child(const ExecPlan& plan,
                                                   const char* const* environment,
                                                   const ChildStreams& streams) {
  std::vector<const char*> argv;
  argv.reserve(plan.argv.size() + 1);
  for (const std::string& argument : plan.argv) argv.push_back(argument.c_str());
  argv.push_back(nullptr);

  process::posix::vfork_launcher launcher;
  launcher.env = environment;
  process::error_code error;
  try {
    boost::asio::io_context context(1);
    // Boost's wait() gives no resource usage: we wait ourselves.
    launcher(context.get_executor(), error, std::filesystem::path(plan.file), argv.data(),
             AsLibvirtDoes{streams})
        .detach();
  } catch (const boost::system::system_error& refused) {
    // Boost wants descriptors of its own to watch the process with, and asks for them
    // when the process is there: then we go on without.
    if (launcher.pid <= 0) error = refused.code();
  } catch (const std::bad_alloc&) {
    // Memory too.
    if (launcher.pid <= 0) throw;
  }
  if (error) {
    if (launcher.pid <= 0)
      throw Error(with_errno("cannot start a process for " + plan.file, error.value()));
    ::waitpid(launcher.pid, nullptr, 0);
    return NotStarted{error.value()};
  }
  UniqueFd exit_fd(static_cast<int>(::syscall(SYS_pidfd_open, launcher.pid, 0)));
  return ChildProcess(launcher.pid, std::move(exit_fd));
}

bool ChildProcess::ended() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) !=
             0 ||
         info.si_pid == pid_;
}

ChildEnd ChildProcess::reap() {
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  ChildEnd end;
  if (WIFSIGNALED(status))
    end.ending = Signaled{WTERMSIG(status), WCOREDUMP(status) != 0};
  else
    end.ending = Exited{WEXITSTATUS(status)};
  const auto microseconds = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  end.cpu = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  end.max_rss_kib = static_cast<std::uint64_t>(usage.ru_maxrss);
  return end;
}

}  // namespace hookjournal
