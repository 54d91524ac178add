#include "engine/end_as.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace hookjournal {

void end_as(const Ending& ending) {
  if (const auto* signaled = std::get_if<Signaled>(&ending)) {
    ::prctl(PR_SET_DUMPABLE, 0);
    std::signal(signaled->signal, SIG_DFL);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, signaled->signal);
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
    ::raise(signaled->signal);
    ::_exit(128 + signaled->signal);
  }
  if (const auto* exited = std::get_if<Exited>(&ending)) ::_exit(exited->code);
  ::_exit(exec_failure_status(std::get<NotStarted>(ending).error));
}

}  // namespace hookjournal
