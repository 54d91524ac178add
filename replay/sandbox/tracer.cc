#include "replay/sandbox/tracer.h"

#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "engine/error.h"
#include "journal/witness.h"
#include "replay/sandbox/tracee.h"

namespace hookjournal {

namespace {

constexpr long kOptions = PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                          PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                          PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD;
constexpr int kSystemCallStop = SIGTRAP | 0x80;
constexpr std::size_t kMostAttempts = 1000;
// So that whoever calls turn() comes to look at limits and the clock in between.
constexpr int kEventsOfATurn = 256;

void go_on(pid_t process, int signal = 0) {
  ::ptrace(PTRACE_CONT, process, nullptr, static_cast<long>(signal));
}

// At the end of a system call.
bool it_succeeded(pid_t process) {
  __ptrace_syscall_info info{};
  return ::ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info) > 0 &&
         info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.is_error == 0;
}

std::chrono::microseconds to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

Ending ending_of(int status) {
  if (WIFSIGNALED(status)) return Signaled{WTERMSIG(status), WCOREDUMP(status) != 0};
  return Exited{WEXITSTATUS(status)};
}

}  // namespace

void Tracer::begin(pid_t root, const std::string& script) {
  if (::ptrace(PTRACE_SEIZE, root, nullptr, kOptions) != 0)
    throw Error(with_errno("cannot trace a script (ptrace is refused)", errno));
  log_.emplace(root);
  attempts_.clear();
  root_ = root;
  root_end_.reset();
  script_ = script;
  too_many_ = interpreter_simulated_ = false;
  born_ = 1;
  if (pids_.lowest == 0) pids_.lowest = root;
  pids_.highest = std::max<std::int64_t>(pids_.highest, root);
  alive_.insert(root);
}

bool Tracer::turn() {
  for (int taken = 0; taken < kEventsOfATurn; ++taken) {
    int status = 0;
    rusage used{};
    const pid_t process = ::wait4(-1, &status, WNOHANG | __WALL, &used);
    if (process <= 0) {
      let_orphans_go();
      return false;
    }
    if (WIFSTOPPED(status)) {
      stopped(process, status);
    } else {
      ended(process,
            {ending_of(status), to_duration(used.ru_utime) + to_duration(used.ru_stime),
             static_cast<std::uint64_t>(used.ru_maxrss)});
    }
  }
  return true;
}

void Tracer::ended(pid_t process, const ChildEnd& end) {
  if (const auto begun = begun_.find(process); begun != begun_.end()) {
    note(std::move(begun->second));
    begun_.erase(begun);
  }
  alive_.erase(process);
  kept_.erase(process);
  announced_.erase(process);
  if (threads_.erase(process) > 0) return;
  if (log_) log_->ended(process, end.ending);
  if (process == root_ && !root_end_) root_end_ = end;
}

void Tracer::stopped(pid_t process, int status) {
  const int signal = WSTOPSIG(status);
  switch (status >> 16) {
    case 0:
      if (signal == kSystemCallStop) {
        attempt_ended(process);
        break;
      }
      return go_on(process, signal);
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
      child_of(process, false);
      break;
    case PTRACE_EVENT_CLONE:
      child_of(process, true);
      break;
    case PTRACE_EVENT_EXEC:
      executed(process);
      break;
    case PTRACE_EVENT_SECCOMP:
      if (attempt_begins(process)) return;
      break;
    case PTRACE_EVENT_STOP:
      // A stop as by SIGSTOP goes on until SIGCONT; a newborn just goes on.
      if (signal == SIGTRAP) return newborn(process);
      ::ptrace(PTRACE_LISTEN, process, nullptr, nullptr);
      return;
    default:
      break;
  }
  go_on(process);
}

void Tracer::note(Attempt attempt) {
  if (attempts_.size() < kMostAttempts) attempts_.push_back(std::move(attempt));
}

// True: it is waited for the end of the call. What the script can reach in its sandbox,
// a server of its own, is not outside.
bool Tracer::attempt_begins(pid_t process) {
  auto attempt = filtered_attempt(process);
  if (!attempt) return false;
  if (attempt->kind == Attempt::Kind::refused ||
      ::ptrace(PTRACE_SYSCALL, process, nullptr, nullptr) != 0) {
    note(std::move(*attempt));
    return false;
  }
  begun_.insert_or_assign(process, std::move(*attempt));
  return true;
}

void Tracer::attempt_ended(pid_t process) {
  const auto begun = begun_.find(process);
  if (begun == begun_.end()) return;
  if (!it_succeeded(process)) note(std::move(begun->second));
  begun_.erase(begun);
}

bool Tracer::child_of(pid_t process, bool may_be_thread) {
  unsigned long message = 0;
  if (::ptrace(PTRACE_GETEVENTMSG, process, nullptr, &message) != 0) return true;
  const auto child = static_cast<pid_t>(message);
  pids_.highest = std::max<std::int64_t>(pids_.highest, child);
  const auto thread = threads_.find(process);
  const pid_t parent = thread == threads_.end() ? process : thread->second;
  if (may_be_thread && thread_group_of(child) != child) {
    threads_[child] = parent;
    announce(child);
    return true;
  }
  alive_.insert(child);
  if (log_ && log_->knows(parent)) {
    ++born_;
    log_->forked(parent, child);
  }
  if (alive_.size() > most_) {
    too_many_ = true;
    return false;  // the child is kept, too
  }
  announce(child);
  return true;
}

void Tracer::announce(pid_t child) {
  if (kept_.erase(child) > 0)
    go_on(child);
  else
    announced_.insert(child);
}

void Tracer::newborn(pid_t process) {
  const bool known = announced_.erase(process) > 0 || alive_.contains(process) ||
                     threads_.contains(process);
  if (known) return go_on(process);
  kept_.insert(process);
}

// Their parents were killed before they could tell.
void Tracer::let_orphans_go() {
  for (auto kept = kept_.begin(); kept != kept_.end() && !too_many_;) {
    if (alive_.contains(parent_of(*kept))) {
      ++kept;
      continue;
    }
    alive_.insert(*kept);
    go_on(*kept);
    kept = kept_.erase(kept);
  }
}

void Tracer::executed(pid_t process) {
  if (!log_ || !log_->knows(process)) return;
  Command command = executed_command(process);
  command.simulated = simulated_(running_program(process));
  if (command.simulated && process == root_ &&
      std::ranges::find(command.arguments, script_) != command.arguments.end())
    interpreter_simulated_ = true;
  log_->executed(process, std::move(command));
}

}  // namespace hookjournal
