#include "engine/end_as.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

int wait_status_after(const Ending& ending) {
  const pid_t pid = ::fork();
  if (pid == 0) end_as(ending);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("an exit status is passed on as it is", "[engine]") {
  for (const int code : {0, 1, 137, 255})
    CHECK(wait_status_after(Exited{code}) == W_EXITCODE(code, 0));
}

TEST_CASE("a signal is passed on as a signal, blocked or not", "[engine]") {
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, &before);
  for (const int number : {SIGKILL, SIGTERM, SIGPIPE, SIGUSR1})
    CHECK(wait_status_after(Signaled{number}) == number);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("a core that was dumped is not dumped again", "[engine]") {
  const int status = wait_status_after(Signaled{SIGSEGV, true});
  CHECK(WTERMSIG(status) == SIGSEGV);
  CHECK_FALSE(WCOREDUMP(status));
}

TEST_CASE("what could not be executed is passed on as libvirt's child does", "[engine]") {
  CHECK(wait_status_after(NotStarted{ENOENT}) == W_EXITCODE(127, 0));
  CHECK(wait_status_after(NotStarted{ENOEXEC}) == W_EXITCODE(126, 0));
}
