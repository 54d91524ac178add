// Signals between whoever stops us and the script.
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>

#include "tests/unit/catch.h"
#include "tests/unit/engine/script_fixture.h"

using namespace hookjournal;
using namespace std::chrono_literals;

namespace {

// In small pieces, as nobody ends the sleep of a killed shell.
constexpr const char* kSomeSeconds =
    "i=0; while [ $i -lt 1000 ] && ! [ -e $here/done ]; do\n"
    "  sleep 0.01; i=$((i+1))\ndone";

}  // namespace

TEST_CASE("a signal sent to us is passed on to the script, and recorded", "[engine]") {
  const HookDir hooks;
  const int number = GENERATE(SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2);
  const ScriptResult result =
      hooks.run("kill -" + std::to_string(number) + " $PPID\n" + kSomeSeconds);
  CHECK(std::get<Signaled>(result.ending).signal == number);
  REQUIRE(result.signals.size() == 1);
  CHECK(result.signals[0].signal == number);
  CHECK(result.signals[0].after > 0ns);
  CHECK(result.signals[0].after <= result.elapsed);
}

TEST_CASE("a script may handle what is passed on", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run(std::string("trap 'echo cleaned up; exit 7' TERM; kill -TERM $PPID\n") +
                kSomeSeconds);
  CHECK(result.ending == Ending{Exited{7}});
  CHECK(result.out == "cleaned up\n");
  CHECK(result.signals.size() == 1);
}

TEST_CASE("a child goes on when its script is killed", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run("(sleep 0.2; echo the child was here) & echo $! >$here/note; kill -9 $$");
  CHECK(result.ending == Ending{Signaled{SIGKILL}});
  CHECK(result.out == "the child was here\n");
  CHECK(result.held_open > 0ns);
  REQUIRE_FALSE(result.holders.empty());
  CHECK(result.holders[0].pid == std::stoi(content_of(hooks.note())));
}

TEST_CASE("a stopped script is waited for", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run("(sleep 0.1; kill -CONT $$) >&- 2>&- & kill -STOP $$; exit 6");
  CHECK(result.ending == Ending{Exited{6}});
}

TEST_CASE("a signal that comes when only a child is left is recorded", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run("(sleep 0.1; kill -TERM $PPID; sleep 0.1) & exit 0");
  CHECK(result.ending == Ending{Exited{0}});
  REQUIRE(result.signals.size() == 1);
  CHECK(result.signals[0].signal == SIGTERM);
}

TEST_CASE("the terminal's interrupt is recorded, and not sent a second time",
          "[engine]") {
  const HookDir hooks;
  hooks.script("trap 'echo caught >>$here/note' INT; echo ready >$here/ready\n" +
               std::string(kSomeSeconds));
  const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(::grantpt(terminal.get()) == 0);
  REQUIRE(::unlockpt(terminal.get()) == 0);
  const std::string name = ::ptsname(terminal.get());

  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    ::setsid();
    ::open(name.c_str(), O_RDWR);  // becomes its terminal
    const ScriptResult result = hooks.run();
    ::_exit(result.signals.size() == 1 && result.signals[0].signal == SIGINT ? 42 : 1);
  }
  while (content_of(hooks.dir.path() / "ready").empty()) ::usleep(5000);
  REQUIRE(::write(terminal.get(), "\x03", 1) == 1);
  while (content_of(hooks.note()).empty()) ::usleep(5000);
  hooks.dir.write("done", "");
  int status = 0;
  ::waitpid(supervisor, &status, 0);
  CHECK(WEXITSTATUS(status) == 42);
  CHECK(content_of(hooks.note()) == "caught\n");
}
