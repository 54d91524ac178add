#include "engine/ending.h"

#include <cerrno>
#include <csignal>

#include "tests/unit/catch.h"

using namespace hookjournal;

TEST_CASE("only exit 0 is a success", "[engine]") {
  CHECK(succeeded(Exited{0}));
  const Ending failure =
      GENERATE(Ending{Exited{1}}, Ending{Exited{126}}, Ending{Exited{255}},
               Ending{Signaled{SIGTERM}}, Ending{Signaled{0}}, Ending{NotStarted{ENOENT}},
               Ending{NotStarted{0}});
  CHECK_FALSE(succeeded(failure));
}

TEST_CASE("exit 137 and SIGKILL are two endings", "[engine]") {
  CHECK(Ending{Exited{137}} != Ending{Signaled{SIGKILL}});
  CHECK(Ending{Exited{9}} != Ending{Signaled{9}});
  CHECK(Ending{Exited{127}} != Ending{NotStarted{ENOENT}});
  CHECK(Ending{Signaled{SIGSEGV, true}} != Ending{Signaled{SIGSEGV, false}});
  CHECK(Ending{Signaled{SIGSEGV, true}} == Ending{Signaled{SIGSEGV, true}});
}

TEST_CASE("an ending is worded as libvirt words it", "[engine]") {
  CHECK(describe(Exited{3}) == "exit status 3");
  CHECK(describe(Exited{255}) == "exit status 255");
  CHECK(describe(Signaled{SIGKILL}) == "fatal signal 9");
  CHECK(describe(Signaled{SIGSEGV, true}) == "fatal signal 11");
}

TEST_CASE("a script that could not be executed looks like libvirt's exit 127 or 126",
          "[engine]") {
  CHECK(describe(NotStarted{ENOENT}) == "exit status 127");
  CHECK(describe(NotStarted{ENOEXEC}) == "exit status 126");
  CHECK(describe(NotStarted{EACCES}) == "exit status 126");
  CHECK(exec_failure_status(ENOENT) == 127);
  CHECK(exec_failure_status(E2BIG) == 126);
}

TEST_CASE("the reason of a failed execution is libvirt's line", "[engine]") {
  CHECK(exec_failure_text("/etc/libvirt/hooks/network", EACCES) ==
        "libvirt:  error : cannot execute binary /etc/libvirt/hooks/network: "
        "Permission denied\n");
  CHECK(exec_failure_text("/h/sp ace", ENOEXEC) ==
        "libvirt:  error : cannot execute binary /h/sp ace: Exec format error\n");
}
