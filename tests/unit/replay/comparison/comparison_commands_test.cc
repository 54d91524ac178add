#include <csignal>

#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;
using trial::command;
using trial::Trial;

TEST_CASE("a changed argument is told as one would type the command", "[replay]") {
  const std::vector<Command> old = {command({"ip", "link"}),
                                    command({"iptables", "-A", "x y", "--dport", "80"})};
  const std::vector<Command> now = {
      command({"ip", "link"}),
      command({"iptables", "-A", "x y", "--dport", "81"}, Exited{2})};
  CHECK(Trial::of_commands(old, old, now).judge().differences ==
        std::vector<Difference>{{Field::commands, "qemu", "iptables",
                                 "iptables -A 'x y' --dport 80",
                                 "iptables -A 'x y' --dport 81  [exit status 2]"}});
}

TEST_CASE("commands that are gone or new are differences of their own", "[replay]") {
  const std::vector<Command> old = {command({"ip", "a"}), command({"sync"}),
                                    command({"ip", "b"})};
  const std::vector<Command> now = {command({"ip", "a"}), command({"ip", "b"}),
                                    command({"logger", "x"})};
  CHECK(Trial::of_commands(old, old, now).judge().differences ==
        std::vector<Difference>{{Field::commands, "qemu", "sync", "sync", ""},
                                {Field::commands, "qemu", "logger", "", "logger x"}});
}

TEST_CASE("another order of commands is one difference", "[replay]") {
  const std::vector<Command> old = {command({"a"}), command({"b"})};
  const std::vector<Command> now = {command({"b"}), command({"a"})};
  CHECK(Trial::of_commands(old, old, now).judge().differences ==
        std::vector<Difference>{{Field::commands, "qemu", "", "a\nb", "b\na"}});
}

TEST_CASE("commands whose order differs between the old legs have none", "[replay]") {
  const std::vector<Command> one = {command({"a"}), command({"b"}), command({"c"})};
  const std::vector<Command> two = {command({"b"}), command({"a"}), command({"c"})};
  const std::vector<Command> three = {command({"c"}), command({"b"}), command({"a"})};
  const std::vector<Command> other = {command({"b"}), command({"a"}), command({"d"})};
  CHECK(Trial::of_commands(one, two, three).judge().verdict == Verdict::noise);
  CHECK(Trial::of_commands(one, two, other).judge().verdict == Verdict::changed);
}

TEST_CASE("an ending that differs between the old legs is noise at that place alone",
          "[replay]") {
  const auto commands = [](int cat, int grep) {
    return std::vector<Command>{command({"cat", "f"}, Exited{cat}),
                                command({"grep", "x"}, Exited{grep})};
  };
  CHECK(Trial::of_commands(commands(0, 1), commands(2, 1), commands(3, 1))
            .judge()
            .verdict == Verdict::noise);
  const auto verdict =
      Trial::of_commands(commands(0, 1), commands(2, 1), commands(3, 0)).judge();
  REQUIRE(verdict.differences.size() == 1);
  CHECK(verdict.differences[0].place == "grep");
}

TEST_CASE("which command of a pipeline ends first is no change", "[replay]") {
  const std::vector<Command> done = {command({"yes"})};
  const std::vector<Command> killed = {command({"yes"}, Signaled{SIGPIPE})};
  const std::vector<Command> aborted = {command({"yes"}, Signaled{SIGABRT})};
  const CallVerdict verdict = Trial::of_commands(done, done, killed).judge();
  CHECK(verdict.verdict == Verdict::same);
  CHECK(trial::times(verdict.masks, "broken-pipe") == 1);
  CHECK(Trial::of_commands(killed, killed, aborted).judge().verdict == Verdict::changed);
  CHECK(Trial::of_commands(done, done, aborted).judge().verdict == Verdict::changed);
}

TEST_CASE("arguments are masked each at its place", "[replay]") {
  const auto commands = [](const char* name, const char* number, const char* port) {
    return std::vector<Command>{command({"tool", name, number, port})};
  };
  const auto judged = [&](const std::vector<Command>& candidate) {
    return Trial::of_commands(commands("/tmp/tmp.AbCdEf1234", "17", "80"),
                              commands("/tmp/tmp.Zz9YxW2345", "18", "80"), candidate)
        .judge()
        .verdict;
  };
  CHECK(judged(commands("/tmp/tmp.K3LmNo6789", "19", "80")) == Verdict::noise);
  CHECK(judged(commands("/tmp/tmp.K3LmNo6789", "19", "81")) == Verdict::changed);
}

TEST_CASE("the usual places of a program are one, others are not", "[replay]") {
  std::vector<Command> old = {command({"ip", "link"})}, same = old, other = old;
  same[0].program = "/sbin/ip";
  same[0].arguments[0] = "/sbin/ip";
  other[0].program = "/opt/my/ip";
  CHECK(Trial::of_commands(old, old, same).judge().verdict == Verdict::same);
  const CallVerdict verdict = Trial::of_commands(old, old, other).judge();
  REQUIRE(verdict.differences.size() == 1);
  CHECK(verdict.differences[0].after == "/opt/my/ip link");
}

TEST_CASE("a background command may have ended or not; who is left running counts",
          "[replay]") {
  std::vector<Command> old = {command({"watch"})}, running = old;
  running[0].ending.reset();
  CHECK(Trial::of_commands(old, old, running).judge().verdict == Verdict::same);
  Trial it = Trial::of();
  it.candidate.runs[0].effects.left_running = {"watch -n1 x"};
  CHECK(it.judge().differences ==
        std::vector<Difference>{
            {Field::commands, "qemu", "watch", "", "watch -n1 x  [still running]"}});
}

TEST_CASE("attempts at the outside count each once", "[replay]") {
  const Attempt libvirt{Attempt::Kind::connect, "unix /run/libvirt/libvirt-sock",
                        "/usr/bin/virsh"};
  const Attempt clock{Attempt::Kind::refused, "settimeofday", "/bin/date"};
  Trial it = Trial::of();
  it.first.runs[0].effects.attempts = {libvirt};
  it.second.runs[0].effects.attempts = {libvirt};
  it.candidate.runs[0].effects.attempts = {libvirt, libvirt};
  CHECK(it.judge().verdict == Verdict::same);
  it.candidate.runs[0].effects.attempts = {clock};
  CHECK(it.judge().differences ==
        std::vector<Difference>{
            {Field::attempts, "qemu", "virsh",
             "connect to unix /run/libvirt/libvirt-sock", ""},
            {Field::attempts, "qemu", "date", "", "settimeofday  [refused]"}});
}

TEST_CASE("a drawn name without a digit is noise where the old legs drew names",
          "[replay]") {
  const auto commands = [](const std::string& name, const std::string& pattern) {
    return std::vector<Command>{command({"grep", pattern, "/tmp/hook." + name})};
  };
  const auto judged = [&](const std::string& second, const std::string& now,
                          const std::string& pattern) {
    return Trial::of_commands(commands("63WyvbW4", "mac"), commands(second, "mac"),
                              commands(now, pattern))
        .judge()
        .verdict;
  };
  CHECK(judged("gIc9hhDS", "LmEwdXDE", "mac") != Verdict::changed);
  CHECK(judged("gIc9hhDS", "LmEwdXDE", "uuid") == Verdict::changed);
  CHECK(judged("63WyvbW4", "LmEwdXDE", "mac") == Verdict::changed);
}
