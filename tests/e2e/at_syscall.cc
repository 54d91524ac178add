// at_syscall ROLE N SIGNAL PROGRAM ARG...
//
// Runs a recorded hook and sends SIGNAL to one of its processes at that process's N-th
// system call: "every step" without a line of test code in the program. ROLE: `answering`
// (the process libvirt waits for) or `writer` (the one it forks). Everything else runs on
// undisturbed. Exits as the answering process ended (128 + signal when killed), and says
// on stderr in one line what it did:
//   hit PID NAME        the signal was sent to PID, at the system call of this number
//   missed COUNT        the process ended after COUNT system calls
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace {

constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                          PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;

struct Plan {
  bool writer;
  long at;
  int signal;
};

// What a traced process is to us. The first fork without exec is the writer; the script
// is let go at its exec.
enum class Role { answering, writer, script };

struct Traced {
  Role role;
  long calls = 0;
  bool inside = false;  // of a system call
};

class Tracer {
 public:
  Tracer(pid_t first, Plan plan) : first_(first), plan_(plan) {
    traced_[first] = {Role::answering};
  }

  int run() {
    int status = 0;
    for (;;) {
      const pid_t pid = ::waitpid(-1, &status, __WALL);
      if (pid < 0) break;
      if (WIFEXITED(status) || WIFSIGNALED(status)) {
        ended(pid, status);
        // All must be seen off: one still stopped at its birth would stay so for ever.
        if (traced_.empty()) return answer_;
        continue;
      }
      stopped(pid, status);
    }
    return answer_;
  }

 private:
  void ended(pid_t pid, int status) {
    const auto found = traced_.find(pid);
    if (found == traced_.end()) return;
    const bool wanted = (found->second.role == Role::writer) == plan_.writer &&
                        found->second.role != Role::script;
    if (wanted && !hit_) std::fprintf(stderr, "missed %ld\n", found->second.calls);
    if (pid == first_)
      answer_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    traced_.erase(found);
  }

  void stopped(pid_t pid, int status) {
    const int event = status >> 16;
    if (!traced_.contains(pid)) {
      // A child's first stop may come before its parent's report of it.
      traced_[pid] = {Role::script};
      ::ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
      return;
    }
    Traced& process = traced_[pid];
    if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_CLONE ||
        event == PTRACE_EVENT_VFORK) {
      unsigned long child = 0;
      ::ptrace(PTRACE_GETEVENTMSG, pid, nullptr, &child);
      if (process.role == Role::answering && event != PTRACE_EVENT_VFORK)
        traced_[static_cast<pid_t>(child)].role = Role::writer;
      else
        traced_[static_cast<pid_t>(child)].role = Role::script;
      go_on(pid, 0);
      return;
    }
    if (event == PTRACE_EVENT_EXEC && process.role == Role::script) {
      ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
      traced_.erase(pid);
      return;
    }
    const int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {
      system_call(pid, process);
      return;
    }
    const bool ours = signal == SIGTRAP || signal == SIGSTOP || event != 0;
    go_on(pid, ours ? 0 : signal);
  }

  void system_call(pid_t pid, Traced& process) {
    process.inside = !process.inside;
    const bool wanted = process.role == (plan_.writer ? Role::writer : Role::answering);
    if (wanted && process.inside && ++process.calls == plan_.at && !hit_) {
      hit_ = true;
      user_regs_struct registers{};
      ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
      std::fprintf(stderr, "hit %d %llu\n", pid, registers.orig_rax);
      ::kill(pid, plan_.signal);
      if (plan_.signal == SIGSTOP) {
        // Let go into the stop: nobody traces it any more.
        ::ptrace(PTRACE_DETACH, pid, nullptr, reinterpret_cast<void*>(SIGSTOP));
        traced_.erase(pid);
        return;
      }
    }
    go_on(pid, 0);
  }

  void go_on(pid_t pid, int signal) {
    // Until its step has been seen we stop at each system call, then nowhere.
    const auto request = hit_ ? PTRACE_CONT : PTRACE_SYSCALL;
    ::ptrace(request, pid, nullptr, reinterpret_cast<void*>(static_cast<long>(signal)));
  }

  pid_t first_;
  Plan plan_;
  std::map<pid_t, Traced> traced_;
  bool hit_ = false;
  int answer_ = 125;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: at_syscall answering|writer N SIGNAL PROGRAM ARG...\n", stderr);
    return 2;
  }
  const Plan plan{std::strcmp(argv[1], "writer") == 0, std::atol(argv[2]),
                  std::atoi(argv[3])};
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::execv(argv[4], argv + 4);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, __WALL);
  ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, reinterpret_cast<void*>(kOptions));
  ::ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
  // Ours must not keep the hook's pipes open.
  ::close(0);
  ::close(1);
  return Tracer(pid, plan).run();
}
