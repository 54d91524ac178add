// How scripts end, and what is known of it: libvirt-hooks, how a script is run, and what
// was observed.
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "tests/unit/catch.h"
#include "tests/unit/engine/script_fixture.h"

using namespace hookjournal;

namespace {

// What libvirt's child leaves on stderr.
std::string refusal(const HookDir& hooks, const std::string& reason) {
  return "libvirt:  error : cannot execute binary " + hooks.path() + ": " + reason + "\n";
}

// As a shell's own caller would see the script end.
int wait_status_of(const std::string& script) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execl(script.c_str(), script.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("an exit status is kept as it is", "[engine]") {
  const HookDir hooks;
  const int code = GENERATE(0, 1, 3, 125, 126, 127, 255);
  const ScriptResult result = hooks.run("exit " + std::to_string(code));
  CHECK(result.ending == Ending{Exited{code}});
  CHECK(result.err.empty());
}

TEST_CASE("exit 137 is no SIGKILL, and SIGKILL no exit 137", "[engine]") {
  const HookDir hooks;
  const ScriptResult exited = hooks.run("exit 137");
  CHECK(exited.ending == Ending{Exited{137}});
  CHECK(describe(exited.ending) == "exit status 137");
  const ScriptResult killed = hooks.run("kill -9 $$");
  CHECK(killed.ending == Ending{Signaled{SIGKILL}});
  CHECK(describe(killed.ending) == "fatal signal 9");
}

TEST_CASE("a script that dies of its own SIGTERM has that ending", "[engine]") {
  const HookDir hooks;
  CHECK(hooks.run("kill -TERM $$; sleep 60").ending == Ending{Signaled{SIGTERM}});
}

TEST_CASE("whether a core was dumped is told as the kernel tells it", "[engine]") {
  const HookDir hooks;
  hooks.script("ulimit -S -c unlimited; cd $here && kill -SEGV $$");
  const int status = wait_status_of(hooks.path());
  REQUIRE(WIFSIGNALED(status));
  CHECK(hooks.run().ending == Ending{Signaled{SIGSEGV, WCOREDUMP(status) != 0}});
  CHECK(hooks.run("ulimit -c 0; kill -SEGV $$").ending ==
        Ending{Signaled{SIGSEGV, false}});
}

TEST_CASE("an ending is not swallowed by an ignored SIGCHLD of ours", "[engine]") {
  const HookDir hooks;
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const Ending ending = hooks.run("exit 3").ending;
  std::signal(SIGCHLD, before);
  CHECK(ending == Ending{Exited{3}});
}

TEST_CASE("stderr of a success is kept and no failure", "[engine]") {
  const HookDir hooks;
  const ScriptResult result = hooks.run("echo warning >&2");
  CHECK(succeeded(result.ending));
  CHECK(result.err == "warning\n");
}

TEST_CASE("a text without #! is not executed, by no shell either", "[engine]") {
  const HookDir hooks;
  hooks.file("echo ran\n");
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOEXEC}});
  CHECK(result.out.empty());
  CHECK(result.err == refusal(hooks, "Exec format error"));
  CHECK(describe(result.ending) == "exit status 126");
}

TEST_CASE("an empty file is not executed", "[engine]") {
  const HookDir hooks;
  hooks.file("");
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOEXEC}});
  CHECK(result.err == refusal(hooks, "Exec format error"));
}

TEST_CASE("a missing interpreter is 127, told of the script's name", "[engine]") {
  const HookDir hooks;
  hooks.file("#!/nowhere/python3\n");
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOENT}});
  CHECK(result.err == refusal(hooks, "No such file or directory"));
  CHECK(describe(result.ending) == "exit status 127");
}

TEST_CASE("a carriage return belongs to the interpreter's name", "[engine]") {
  const HookDir hooks;
  hooks.file("#!/bin/sh\r\necho ran\r\n");
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOENT}});
  CHECK(result.err == refusal(hooks, "No such file or directory"));
}

TEST_CASE("a file without an x bit is not executed, by root neither", "[engine]") {
  const HookDir hooks;
  hooks.file("#!/bin/sh\necho ran\n", 0644);
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{EACCES}});
  CHECK(result.out.empty());
  CHECK(result.err == refusal(hooks, "Permission denied"));
  CHECK(describe(result.ending) == "exit status 126");
}

TEST_CASE("a directory is not executed", "[engine]") {
  const HookDir hooks;
  std::filesystem::create_directory(hooks.path());
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{EACCES}});
  CHECK(result.err == refusal(hooks, "Permission denied"));
}

TEST_CASE("a script that has gone since it was found is 127", "[engine]") {
  const HookDir hooks;
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOENT}});
  CHECK(result.err == refusal(hooks, "No such file or directory"));
}

TEST_CASE("one x bit is enough for root", "[engine]") {
  if (::geteuid() != 0) return;  // anybody else must be the one it is for
  const HookDir hooks;
  const mode_t mode = GENERATE(0100, 0010, 0001);
  hooks.file("#!/bin/sh\necho ran\n", mode);
  CHECK(hooks.run().out == "ran\n");
}

TEST_CASE("a script through a link is run under the link's name", "[engine]") {
  const HookDir hooks;
  hooks.dir.write("elsewhere/real", "#!/bin/sh\necho $0\n", 0755);
  std::filesystem::create_symlink("elsewhere/real", hooks.path());
  CHECK(hooks.run().out == hooks.path() + "\n");
}

TEST_CASE("processor time is counted, with that of children waited for", "[engine]") {
  const HookDir hooks;
  const ScriptResult idle = hooks.run("exit 0");
  const ScriptResult busy =
      hooks.run("sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'");
  CHECK(idle.cpu.count() > 0);
  CHECK(busy.cpu > idle.cpu);
  CHECK(busy.cpu < 2 * std::chrono::nanoseconds(busy.elapsed));
}

TEST_CASE("peak memory is that of the largest process", "[engine]") {
  const HookDir hooks;
  const ScriptResult small = hooks.run("exit 0");
  const ScriptResult large =
      hooks.run("x=$(head -c 60000000 /dev/zero | tr '\\0' x); exit 0");
  CHECK(small.max_rss_kib > 0);
  CHECK(large.max_rss_kib > 50'000);
  CHECK(large.max_rss_kib < 1'000'000);
}

TEST_CASE("however few descriptors are left, a script is run once or not at all",
          "[engine]") {
  const HookDir hooks;
  hooks.script("echo ran >>$here/note; exit 3");
  // Its own places are low ones; ours are all above.
  std::vector<UniqueFd> taken;
  do taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  while (taken.back().get() < 64);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const auto left = static_cast<rlim_t>(GENERATE(range(0, 24)));
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(taken.back().get()) + 1 + left;
  Ending ending;
  bool refused = false;
  ::setrlimit(RLIMIT_NOFILE, &few);
  try {
    ending = hooks.run().ending;
  } catch (const Error&) {
    refused = true;
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
  INFO(left << " descriptors left");
  CHECK(content_of(hooks.note()) == (refused ? "" : "ran\n"));
  CHECK((refused || ending == Ending{Exited{3}}));
}
