// What a script is given: libvirt-hooks, how a script is run.
#include "engine/process_runner.h"

#include <sys/stat.h>

#include <csignal>

#include "tests/unit/catch.h"
#include "tests/unit/engine/script_fixture.h"

using namespace hookjournal;
using Lines = std::vector<std::string>;

namespace {

constexpr const char* kTellWords = R"(
printf '%s\n' "$#" "$0" "$@"
)";

// The block of strings execve was given, which a shell cannot have changed.
constexpr const char* kTellEnvironment = R"(
tr '\0' '\n' </proc/$$/environ
)";

struct SignalAction {
  SignalAction(int number, void (*handler)(int)) : number_(number) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(number, &action, &before_);
  }
  ~SignalAction() { ::sigaction(number_, &before_, nullptr); }
  int number_;
  struct sigaction before_ {};
};

struct BlockedSignal {
  explicit BlockedSignal(int number) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, &before_);
  }
  ~BlockedSignal() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  sigset_t before_{};
};

struct Umask {
  explicit Umask(mode_t mask) : before(::umask(mask)) {}
  ~Umask() { ::umask(before); }
  mode_t before;
};

}  // namespace

TEST_CASE("a script gets its full path and four words, whatever they hold", "[engine]") {
  HookDir hooks;
  hooks.call.object = "win 11 'x' \"y\" $z";
  hooks.call.operation = "release";
  hooks.call.suboperation = "end";
  hooks.call.extra = "from snapshot";
  CHECK(lines_of(hooks.run(kTellWords).out) ==
        Lines{"4", hooks.path(), hooks.call.object, "release", "end", "from snapshot"});
}

TEST_CASE("words that look like options stay words", "[engine]") {
  HookDir hooks;
  hooks.call.object = "-e";
  CHECK(lines_of(hooks.run(kTellWords).out) ==
        Lines{"4", hooks.path(), "-e", "prepare", "begin", "-"});
}

TEST_CASE("argv[0] of a program is its full path", "[engine]") {
  HookDir hooks;
  std::filesystem::copy_file("/bin/sh", hooks.path());
  const ScriptResult result = hooks.run();
  // A shell names itself by argv[0], and finds no script win11.
  CHECK(result.err.starts_with(hooks.path() + ": "));
}

TEST_CASE("the interpreter's one argument is passed as the kernel does", "[engine]") {
  const HookDir hooks;
  hooks.file("#!/bin/sh -eu\ntr '\\0' '\\n' </proc/$$/cmdline\n");
  CHECK(lines_of(hooks.run().out) ==
        Lines{"/bin/sh", "-eu", hooks.path(), "win11", "prepare", "begin", "-"});
}

TEST_CASE("the environment is exactly the one given, in its order", "[engine]") {
  HookDir hooks;
  hooks.environment = {"LC_ALL=C", "LD_LIBRARY_PATH=/nowhere", "PATH=/usr/bin:/bin",
                       "HOME=/root", "TMPDIR=/tmp dir"};
  ::setenv("HOOKJOURNAL_TEST", "must not be seen", 1);
  CHECK(lines_of(hooks.run(kTellEnvironment).out) == hooks.environment);
  ::unsetenv("HOOKJOURNAL_TEST");
}

TEST_CASE("no environment is no environment", "[engine]") {
  HookDir hooks;
  hooks.environment = {};
  CHECK(hooks.run("/usr/bin/tr '\\0' '\\n' </proc/$$/environ").out.empty());
}

TEST_CASE("of our own environment libvirt's choice can be made", "[engine]") {
  ::setenv("HOOKJOURNAL_TEST", "not passed on", 1);
  ::setenv("TMPDIR", "/var/tmp", 1);
  const Lines environment = hook_environment(own_environment());
  ::unsetenv("HOOKJOURNAL_TEST");
  ::unsetenv("TMPDIR");
  CHECK(environment.front() == "LC_ALL=C");
  CHECK(environment.back() == "TMPDIR=/var/tmp");
  for (const std::string& entry : environment)
    CHECK(entry.find("HOOKJOURNAL") == std::string::npos);
}

TEST_CASE("a script has descriptors 0 to 2 and no others", "[engine]") {
  const HookDir hooks;
  // Ours, and inheritable ones of somebody careless.
  const UniqueFd low(::dup(0)), high(::fcntl(0, F_DUPFD, 700));
  // 3 is the folder ls reads.
  CHECK(hooks.run("exec ls /proc/self/fd").out == "0\n1\n2\n3\n");
}

TEST_CASE("a script starts with default signals and none blocked", "[engine]") {
  const HookDir hooks;
  const SignalAction pipe(SIGPIPE, SIG_IGN), hangup(SIGHUP, SIG_IGN),
      real_time(SIGRTMIN + 3, SIG_IGN);
  const BlockedSignal terminate(SIGTERM), child(SIGCHLD);
  CHECK(hooks.run("exec grep -E 'Sig(Blk|Ign)' /proc/self/status").out ==
        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("our own signals are as before when the runner is gone", "[engine]") {
  const HookDir hooks;
  sigset_t before, after;
  ::sigprocmask(SIG_SETMASK, nullptr, &before);
  hooks.run("exit 0");
  ::sigprocmask(SIG_SETMASK, nullptr, &after);
  struct sigaction pipe {};
  ::sigaction(SIGPIPE, nullptr, &pipe);
  CHECK(::sigismember(&after, SIGTERM) == ::sigismember(&before, SIGTERM));
  CHECK(::sigismember(&after, SIGINT) == ::sigismember(&before, SIGINT));
  CHECK(pipe.sa_handler == SIG_DFL);
}

TEST_CASE("working directory, umask, session and process group are inherited",
          "[engine]") {
  const HookDir hooks;
  const Umask mask(0027);
  const ScriptResult result =
      hooks.run("pwd -P; umask; exec cut -d' ' -f5,6 /proc/self/stat");
  CHECK(lines_of(result.out) ==
        Lines{std::filesystem::current_path(), "0027",
              std::to_string(::getpgrp()) + " " + std::to_string(::getsid(0))});
}

TEST_CASE("input comes through a pipe, whole and unchanged", "[engine]") {
  HookDir hooks;
  hooks.call.input = std::string("<domain>\n\0\xff</domain>", 20);
  const ScriptResult result = hooks.run("readlink /proc/self/fd/0 >&2; exec cat");
  CHECK(result.out == *hooks.call.input);
  CHECK(result.err.starts_with("pipe:["));
}

TEST_CASE("an empty input is an empty pipe", "[engine]") {
  HookDir hooks;
  hooks.call.input = "";
  const ScriptResult result = hooks.run("readlink /proc/self/fd/0; exec cat");
  CHECK(result.out.starts_with("pipe:["));
  CHECK(result.ending == Ending{Exited{0}});
}

TEST_CASE("without input stdin is /dev/null, opened to read and write", "[engine]") {
  HookDir hooks;
  hooks.call.input.reset();
  const ScriptResult result =
      hooks.run("echo nowhere >&0 && exec readlink /proc/self/fd/0");
  CHECK(result.out == "/dev/null\n");
  CHECK(result.ending == Ending{Exited{0}});
}

TEST_CASE("stdout and stderr are pipes of their own", "[engine]") {
  const HookDir hooks;
  const ScriptResult result = hooks.run(
      "a=$(readlink /proc/$$/fd/1); b=$(readlink /proc/$$/fd/2); echo \"$a $b\"");
  const auto blank = result.out.find(' ');
  REQUIRE(blank != std::string::npos);
  CHECK(result.out.substr(blank + 1).starts_with("pipe:["));
  CHECK(result.out.substr(0, blank) + "\n" != result.out.substr(blank + 1));
}

TEST_CASE("missing standard descriptors of ours are none of the script's affair",
          "[engine]") {
  HookDir hooks;
  hooks.call.input = GENERATE(std::optional<std::string>("<domain/>"), std::nullopt);
  hooks.script("cat; exec cat /nowhere");
  UniqueFd kept[3];
  for (int fd = 0; fd < 3; ++fd) {
    kept[fd].reset(::fcntl(fd, F_DUPFD_CLOEXEC, 10));
    ::close(fd);
  }
  const ScriptResult result = hooks.run();
  for (int fd = 0; fd < 3; ++fd) ::dup2(kept[fd].get(), fd);
  CHECK(result.out == hooks.call.input.value_or(""));
  CHECK(result.err == "cat: /nowhere: No such file or directory\n");
}
