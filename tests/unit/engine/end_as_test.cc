#include "engine/end_as.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

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
  const ScratchDir where_it_would_go;
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(where_it_would_go.path());
  ::prctl(PR_SET_DUMPABLE, 1);  // which a change of user takes away
  rlimit before{};
  ::getrlimit(RLIMIT_CORE, &before);
  const rlimit as_much_as_we_may{before.rlim_max, before.rlim_max};
  ::setrlimit(RLIMIT_CORE, &as_much_as_we_may);
  const int status = wait_status_after(Signaled{SIGSEGV, true});
  ::setrlimit(RLIMIT_CORE, &before);
  std::filesystem::current_path(here);
  CHECK(WTERMSIG(status) == SIGSEGV);
  CHECK_FALSE(WCOREDUMP(status));
}

TEST_CASE("what could not be executed is passed on as libvirt's child does", "[engine]") {
  CHECK(wait_status_after(NotStarted{ENOENT}) == W_EXITCODE(127, 0));
  CHECK(wait_status_after(NotStarted{ENOEXEC}) == W_EXITCODE(126, 0));
}
