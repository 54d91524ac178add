// What a script may not do in a sandbox, and how it is stopped.
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "tests/unit/catch.h"
#include "tests/unit/replay/sandbox/real_sandbox.h"

namespace hookjournal {

using namespace test;
using namespace std::chrono_literals;

namespace {

// Of this thread, which others are not told of, and of what it starts.
void give_up_ipc_lock() {
  ::prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  ::syscall(SYS_capget, &header, sets.data());
  sets[0].effective &= ~(1U << CAP_IPC_LOCK);
  sets[0].permitted &= ~(1U << CAP_IPC_LOCK);
  ::syscall(SYS_capset, &header, sets.data());
}

}  // namespace

TEST_CASE("the program of sandboxes serves its own version only", "[replay]") {
  for (const char* words : {"", " 0.0.1"}) {
    const std::string call =
        sandbox_program() + words + " 2>&1 | grep -q 'start it again'";
    CHECK(std::system(call.c_str()) == 0);
  }
}

TEST_CASE("a call to a socket of the host fails and is told", "[replay]") {
  const Effects seen =
      run("perl -MSocket -e 'socket(S,AF_UNIX,SOCK_STREAM,0); "
          "connect(S,sockaddr_un(\"/run/libvirt/libvirt-sock\")) or exit 4'; exit $?")
          .effects;

  REQUIRE(seen.attempts.size() == 1);
  CHECK(seen.attempts[0] ==
        Attempt{Attempt::Kind::connect, "unix /run/libvirt/libvirt-sock", "perl"});
  CHECK(seen.commands[0].ending == Ending{Exited{4}});
}

TEST_CASE("what a script reaches in its sandbox is no attempt at the outside",
          "[replay]") {
  const Effects seen = run("python3 -c 'import socket\n"
                           "server = socket.create_server((\"127.0.0.1\", 0))\n"
                           "socket.create_connection(server.getsockname()).close()\n"
                           "try: socket.create_connection((\"192.0.2.1\", 9))\n"
                           "except OSError: pass'")
                           .effects;
  REQUIRE(seen.attempts.size() == 1);
  CHECK(seen.attempts[0].target == "inet 192.0.2.1:9");
}

TEST_CASE("what would change the host fails and is told", "[replay]") {
  // Each harmless, should it succeed after all.
  const Effects seen =
      run("date -s 2001-01-01; python3 -c 'import ctypes; c = ctypes.CDLL(None)\n"
          "c.mount(b\"proc\", b\"/mnt\", b\"proc\", 0, None); c.umount2(b\"/sys\", 0)\n"
          "c.sethostname(b\"x\", 1); c.swapoff(b\"/none\"); c.acct(b\"/none\")\n"
          "c.quotactl(0x80000200, b\"/none\", 0, None); c.reboot(77)\n"
          "c.delete_module(b\"none\", 0)'")
          .effects;

  std::vector<std::string> refused;
  for (const Attempt& attempt : seen.attempts) refused.push_back(attempt.target);
  CHECK(refused == std::vector<std::string>{"clock_settime", "mount", "umount",
                                            "sethostname", "swapoff", "acct", "quotactl",
                                            "reboot", "delete_module"});
  CHECK(time(nullptr) > 1'700'000'000);
}

TEST_CASE("a script that does not end is stopped, and what ran is named", "[replay]") {
  SandboxSettings short_time = settings();
  short_time.limits.time = 200ms;
  const auto hasty = make_sandbox_maker(short_time);
  const ScriptsTree tree = tree_of("exec tail -f /dev/null");
  const ObservedRun seen = hasty->open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree})
                               ->run(call_of("start"));

  CHECK(seen.effects.timed_out);
  CHECK(seen.effects.left_running == std::vector<std::string>{"tail -f /dev/null"});
  CHECK(seen.result.ending == Ending{Signaled{9, false}});
  CHECK_THAT(seen.effects.trouble.at(0), ContainsSubstring("stopped after"));
}

TEST_CASE("the scripts of a call share its time", "[replay]") {
  const ScriptsTree tree = tree_of("exec tail -f /dev/null");
  SandboxedRun second = call_of("start");
  second.spent = settings().limits.time - 100ms;
  const ObservedRun seen = sandbox_of(tree)->run(second);
  CHECK(seen.effects.timed_out);
  CHECK(seen.result.elapsed < 10s);
}

TEST_CASE("a child that holds the pipe is waited for, as libvirt does", "[replay]") {
  const ObservedRun seen = run("(perl -e 'select undef,undef,undef,0.2'; echo late) &");

  CHECK(seen.result.out == "late\n");
  CHECK(seen.result.holders.size() >= 1);
}

TEST_CASE("a process left behind is named and gone with its sandbox", "[replay]") {
  // That of another test may run beside.
  const std::string command = "tail -s 7." + std::to_string(::getpid()) + " -f /dev/null";
  const ScriptsTree tree = tree_of(command + " >/dev/null 2>&1 </dev/null &");
  auto sandbox = sandbox_of(tree);
  const ObservedRun seen = sandbox->run(call_of("start"));

  CHECK(seen.effects.left_running == std::vector<std::string>{command});
  CHECK(sandbox->remains().processes == std::vector<std::string>{command});
  const std::string find = "pgrep -fx '" + command + "' >/dev/null";
  const auto lives = [&find] { return std::system(find.c_str()) == 0; };
  CHECK(lives());
  sandbox.reset();
  for (int i = 0; i < 250 && lives(); ++i) std::this_thread::sleep_for(20ms);
  CHECK_FALSE(lives());
}

TEST_CASE("what a script has killed is not left behind, though it takes its time to end",
          "[replay]") {
  const ScriptsTree tree = tree_of(
      "case $2 in\n"
      "  started)\n"
      "    sh -c 'trap \"i=0; while [ \\$i -lt 30000 ]; do i=\\$((i+1)); done; exit\" "
      "TERM\n"
      "      echo >/run/ready; while :; do read line </run/never; done' >/dev/null 2>&1 "
      "&\n"
      "    echo $! >/run/pid; until [ -e /run/ready ]; do :; done;;\n"
      "  stopped) kill $(cat /run/pid);;\n"
      "  *) mkfifo /run/never;;\n"
      "esac\n");
  const auto sandbox = sandbox_of(tree);
  sandbox->run(call_of("prepare"));
  REQUIRE(sandbox->run(call_of("started")).effects.left_running.size() == 1);
  sandbox->run(call_of("stopped"));
  CHECK(sandbox->remains().processes.empty());
}

TEST_CASE("a script that forks without end is stopped", "[replay]") {
  const Effects seen = run("f() { f & f & wait; }; f").effects;

  REQUIRE_FALSE(seen.trouble.empty());
  CHECK_THAT(seen.trouble[0], ContainsSubstring("processes"));
}

TEST_CASE("a process has a limit of data, and may reserve what it does not use",
          "[replay]") {
  const ObservedRun seen =
      run("python3 -c 'bytearray(2 << 30)' 2>/dev/null; echo $?\n"
          "python3 -c 'import mmap; mmap.mmap(-1, 8 << 30, mmap.MAP_PRIVATE | "
          "mmap.MAP_ANONYMOUS, mmap.PROT_READ)'; echo $?");
  CHECK(seen.result.out == "1\n0\n");
}

TEST_CASE(
    "a file larger than a sandbox's room is told, a working directory that is missing, "
    "too",
    "[replay]") {
  SandboxSettings small = settings();
  small.limits.disk = 4 << 20;
  const ScriptsTree tree = tree_of("truncate -s 1G /tmp/image; pwd");
  SandboxedRun call = call_of("start");
  call.working_directory = "/nowhere";
  const ObservedRun seen = make_sandbox_maker(small)
                               ->open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree})
                               ->run(call);
  CHECK(seen.result.out == "/\n");
  REQUIRE(seen.effects.trouble.size() == 2);
  CHECK_THAT(seen.effects.trouble[0], ContainsSubstring("working directory /nowhere"));
  CHECK_THAT(seen.effects.trouble[1], ContainsSubstring("a file of more than the 4 MiB"));
}

TEST_CASE("processes that take too much memory together are stopped", "[replay]") {
  SandboxSettings small = settings();
  small.limits.all_memory = 100 << 20;
  const auto maker = make_sandbox_maker(small);
  const auto run_there = [&maker](const std::string& script) {
    const ScriptsTree tree = tree_of(script);
    return maker->open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree})
        ->run(call_of("start"));
  };
  // Keeps what it has read last, and reads for ever.
  const std::string kTail = "cat /dev/zero | tail -c 64000000";

  const ObservedRun seen = run_there(kTail + " & " + kTail + " & wait");
  const ObservedRun modest =
      run_there("head -c 64000000 /dev/zero | tail -c 64000000 | wc -c");

  CHECK(seen.effects.trouble ==
        std::vector<std::string>{
            "its processes took more than 100 MiB of memory together"});
  CHECK(seen.effects.left_running.size() >= 2);
  CHECK(modest.effects.trouble.empty());
  CHECK(modest.result.out == "64000000\n");
}

TEST_CASE("scripts may raise their priority where root may raise limits", "[replay]") {
  const bool may_raise =
      ::geteuid() == 0 && ::prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE) == 1;

  const int ours = ::getpriority(PRIO_PROCESS, 0);

  CHECK(run("nice -n -5 nice").result.out ==
        std::to_string(may_raise ? ours - 5 : ours) + "\n");
}

TEST_CASE("a script that fills the disk meets its limit, and that is told", "[replay]") {
  SandboxSettings small = settings();
  small.limits.disk = 4 << 20;
  const auto narrow = make_sandbox_maker(small);
  const ScriptsTree tree = tree_of("head -c 8000000 /dev/zero > /tmp/a; exit $?");
  const ObservedRun seen =
      narrow->open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree})
          ->run(call_of("start"));

  CHECK(seen.result.ending != Ending{Exited{0}});
  REQUIRE(seen.effects.trouble.size() == 2);
  CHECK_THAT(seen.effects.trouble[0], ContainsSubstring("more than the 4 MiB"));
  CHECK_THAT(seen.effects.trouble[1], ContainsSubstring("all the 4 MiB"));
}

TEST_CASE("commands that cannot run there are answered, whatever path they are called by",
          "[replay]") {
  const ObservedRun seen =
      run("systemctl is-active x; echo $?; /bin/sleep 3600; "
          "no-such-tool --all; echo $?; modprobe vfio");

  CHECK(seen.result.out == "inactive\n3\n0\n");
  CHECK(programs(seen.effects) ==
        std::vector<std::string>{"/usr/bin/systemctl", "/bin/sleep",
                                 "/usr/sbin/no-such-tool", "/usr/sbin/modprobe"});
  CHECK(std::ranges::all_of(seen.effects.commands, &Command::simulated));
  CHECK(seen.result.elapsed < 60s);
}

TEST_CASE("a stand-in in the place of the script's interpreter is told", "[replay]") {
  SandboxSettings odd = settings();
  odd.stand_ins = std::make_shared<StandInRules>(
      joined(stand_ins_of_text("bash exit 1\n", "stubs"), default_stand_ins()));
  const auto own_maker = make_sandbox_maker(odd);
  for (const char* line : {"#!/bin/bash\n", "#!/usr/bin/env bash\n"}) {
    const ScriptsTree tree{.id = line,
                           .files = {{"qemu", 0755, std::string(line) + "exit 3\n"}},
                           .missing = {}};
    const Effects seen =
        own_maker->open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree})
            ->run(call_of("start"))
            .effects;
    REQUIRE(seen.trouble.size() == 1);
    CHECK_THAT(seen.trouble[0], ContainsSubstring("interpreter"));
  }
  CHECK(run("exec virsh list").effects.trouble.empty());
}

TEST_CASE("a loop that waits for what never comes is stopped", "[replay]") {
  const Effects seen = run("until systemctl is-active -q x; do sleep 1; done").effects;

  REQUIRE_FALSE(seen.trouble.empty());
  CHECK_THAT(seen.trouble[0], ContainsSubstring("sleep"));
}

TEST_CASE("root of a container, who has fewer capabilities, gets a sandbox", "[replay]") {
  const ScriptsTree tree = tree_of("id -u");
  std::string out;
  std::thread([&tree, &out] {
    give_up_ipc_lock();
    const auto of_container = make_sandbox_maker(settings());
    const auto sandbox =
        of_container->open({"/etc/libvirt/hooks", &tree, {}, {}, {}, {}});
    out = sandbox->run(call_of("prepare")).result.out;
  }).join();
  CHECK(out == "0\n");
}

}  // namespace hookjournal
