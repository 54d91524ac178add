#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/replay/good_neighbour.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"

namespace hookjournal {
namespace {

TEST_CASE("guests are known by their processes", "[cli]") {
  const ScratchDir proc;
  proc.write("1/comm", "systemd\n");
  proc.write("self/comm", "qemu-kvm\n");
  proc.write("12/comm", "my-qemu-system-\n");
  CHECK_FALSE(runs_guests(proc.path()));

  proc.write("815/comm", "qemu-system-x86\n");
  CHECK(runs_guests(proc.path()));
  CHECK(default_jobs(proc.path()) == 1);
  CHECK_FALSE(runs_guests(proc.path() / "nothing"));
}

TEST_CASE("a good neighbour gets what others leave, and so do its children", "[cli]") {
  const pid_t pid = ::fork();
  if (pid == 0) {
    be_a_good_neighbour();
    if (::sched_getscheduler(0) != SCHED_IDLE) ::_exit(1);
    ::execl("/bin/sh", "sh", "-c",
            "chrt -p $$ | grep -q SCHED_IDLE && ionice | grep -q ^idle &&"
            " [ $(cat /proc/self/oom_score_adj) -ge 900 ]",
            nullptr);
    ::_exit(2);
  }
  int status = -1;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  CHECK(status == 0);
}

}  // namespace
}  // namespace hookjournal
