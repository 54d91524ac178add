// Endings and messages that explain knows by what they look like.
#include <cerrno>

#include "tests/unit/catch.h"
#include "tests/unit/cli/asking/explained_history.h"

namespace hookjournal {
namespace {

TEST_CASE("explain names why a script could not be executed", "[cli][explain]") {
  History host;
  const auto missing =
      host.add({.ending = NotStarted{ENOENT}, .script = "#!/bin/bsh\r\n"});
  CHECK_THAT(host.pattern(missing, "interpreter-missing"),
             ContainsSubstring("#!/bin/bsh\r (the line ends in a carriage return)"));
  const auto format = host.add({.ending = NotStarted{ENOEXEC}, .script = "exit 0\n"});
  CHECK_THAT(host.pattern(format, "not-executable"),
             ContainsSubstring("does not begin with #!"));
  const auto command = host.add({.ending = Exited{127}});
  CHECK_THAT(host.pattern(command, "command-missing"),
             ContainsSubstring("PATH=/usr/sbin:/usr/bin"));
}

TEST_CASE("explain quotes which command was missing, or says that it cannot",
          "[cli][explain]") {
  History host;
  const auto told = host.add(
      {.ending = Exited{127}, .err = "starting\nqemu: 3: brctl: not found\nbye\n"});
  CHECK_THAT(host.pattern(told, "command-missing"),
             ContainsSubstring("It printed: qemu: 3: brctl: not found."));
  const auto denied =
      host.add({.ending = Exited{126}, .err = "/opt/x: Permission denied\n"});
  CHECK_THAT(host.pattern(denied, "command-missing"),
             ContainsSubstring("It printed: /opt/x: Permission denied."));
  const auto silent = host.add({.ending = Exited{127}});
  CHECK_THAT(host.pattern(silent, "command-missing"),
             ContainsSubstring("Which one is not in what it printed"));
}

TEST_CASE("explain reads a killed or timed out command out of an exit status",
          "[cli][explain]") {
  History host;
  const auto killed = host.add({.ending = Exited{137}});
  CHECK_THAT(host.pattern(killed, "command-killed"), ContainsSubstring("signal 9"));
  CHECK_THAT(host.pattern(killed, "command-killed"),
             ContainsSubstring("which it was is not recorded"));
  const auto timeout = host.add({.ending = Exited{124}});
  CHECK_THAT(host.pattern(timeout, "time-limit"), ContainsSubstring("timeout(1)"));
  const auto other = host.add({.ending = Exited{130}});
  CHECK(host.pattern(other, "command-killed").empty());
}

TEST_CASE("explain quotes a script that says it ran out of memory", "[cli][explain]") {
  History host;
  const auto id =
      host.add({.ending = Exited{1}, .err = "fork: Cannot allocate memory\n"});
  CHECK_THAT(host.pattern(id, "out-of-room"),
             ContainsSubstring("fork: Cannot allocate memory"));
  CHECK_THAT(host.pattern(id, "out-of-room"), ContainsSubstring("2 MiB"));
}

TEST_CASE("explain takes libvirt's own word for a call back under the lock",
          "[cli][explain]") {
  History host;
  const auto id = host.add(
      {.ending = Exited{1},
       .err = "error: Timed out during operation: cannot acquire state change lock\n"});
  CHECK_THAT(host.pattern(id, "calls-libvirt"),
             ContainsSubstring("that libvirt had locked"));
}

TEST_CASE("explain says of a killed script only what is known", "[cli][explain]") {
  History host;
  const auto killed = host.add({.ending = Signaled{9}});
  CHECK_THAT(host.pattern(killed, "killed"), ContainsSubstring("which it was is not"));
  RunStarted start = host.start_of({});
  RunEnded end = host.end_of({.ending = Signaled{15}});
  end.signals.push_back({15, std::chrono::seconds(3)});
  const auto passed = host.add({}, start, end);
  CHECK_THAT(host.pattern(passed, "killed"),
             ContainsSubstring("sent to the recorder, 3.0 s after the start"));
}

TEST_CASE("explain names a child that held a pipe, and a call that was slow",
          "[cli][explain]") {
  History host;
  for (int i = 0; i < 5; ++i) host.add({});
  RunStarted start = host.start_of({});
  RunEnded end = host.end_of({.ending = Exited{1}, .elapsed_ns = 30 * kSecondNs});
  end.held_open_ns = 29 * kSecondNs;
  end.holders.push_back({4711, "sleep 30", "stderr"});
  const auto id = host.add({}, start, end);
  CHECK_THAT(host.pattern(id, "pipe-held"),
             ContainsSubstring("29.0 s more for processes it left behind: sleep 30"));
  CHECK_THAT(host.pattern(id, "slow"), ContainsSubstring("It took 30.0 s"));
}

TEST_CASE("explain names a script that asks libvirt under its lock", "[cli][explain]") {
  History host;
  const std::string script = "#!/bin/sh\n# virsh list\n\nvirsh domstate $1\n";
  const auto id = host.add({.ending = Exited{1}, .script = script});
  CHECK_THAT(host.pattern(id, "calls-libvirt"), ContainsSubstring("`virsh` in line 4"));
  const auto filter =
      host.add({.ending = Exited{1}, .operation = "migrate", .script = script});
  CHECK(host.pattern(filter, "calls-libvirt").empty());
  const auto other =
      host.add({.ending = Exited{1}, .script = "#!/bin/sh\nmy-virsh-log\n"});
  CHECK(host.pattern(other, "calls-libvirt").empty());
}

TEST_CASE("explain names reconnects that ran at the same time", "[cli][explain]") {
  History host;
  host.add({.guest = "web2", .operation = "reconnect", .elapsed_ns = 5 * kSecondNs});
  const auto id =
      host.add({.ending = Exited{1}, .operation = "reconnect", .after_ns = kSecondNs});
  CHECK_THAT(host.pattern(id, "reconnect-race"), ContainsSubstring("1 other guests'"));
}

TEST_CASE("a filter's output that libvirt refuses is explained", "[cli][explain]") {
  History host;
  host.add({.operation = "restore"});
  RunStarted start = host.start_of({.operation = "restore"});
  RunEnded end = host.end_of({});
  end.out = kept("checking disks\n");
  const auto id = host.add({}, start, end);
  const std::string page = host.page(id);
  CHECK_THAT(page, ContainsSubstring("what they printed was refused"));
  CHECK_THAT(host.pattern(id, "output-not-taken"), ContainsSubstring("XML"));
  CHECK(host.json(id)["group"].is_null());
}

}  // namespace
}  // namespace hookjournal
