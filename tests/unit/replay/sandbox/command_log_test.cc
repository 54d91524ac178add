#include "replay/sandbox/command_log.h"

#include "../../catch.h"

namespace hookjournal {

namespace {

Command named(const std::string& name) {
  return {.program = "/usr/bin/" + name, .arguments = {name}};
}

// "name@depth" of each, in order.
std::vector<std::string> told(const CommandLog& log) {
  std::vector<std::string> words;
  for (const Command& command : log.commands())
    words.push_back(command.arguments.front() + "@" + std::to_string(command.depth));
  return words;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("the script itself is no command of its own", "[replay]") {
  CommandLog log(10);
  log.executed(10, named("qemu"));
  log.forked(10, 11);
  log.executed(11, named("ip"));
  log.ended(11, Exited{2});

  REQUIRE(told(log) == Words{"ip@0"});
  CHECK(log.commands().front().ending == Ending{Exited{2}});
}

TEST_CASE("a pipeline's commands stand in the order the script wrote them", "[replay]") {
  CommandLog log(10);
  log.executed(10, named("qemu"));
  log.forked(10, 11);
  log.forked(10, 12);
  log.executed(12, named("grep"));  // the scheduler let it begin first
  log.executed(11, named("cat"));

  CHECK(told(log) == Words{"cat@0", "grep@0"});
}

TEST_CASE("a subshell is no level, a command's children are", "[replay]") {
  CommandLog log(10);
  log.executed(10, named("qemu"));
  log.forked(10, 11);  // a subshell
  log.forked(11, 12);
  log.executed(12, named("make"));
  log.forked(12, 13);
  log.executed(13, named("cc"));

  CHECK(told(log) == Words{"make@0", "cc@1"});
}

TEST_CASE("a process that executes again shows both, the first as replaced", "[replay]") {
  CommandLog log(10);
  log.executed(10, named("qemu"));
  log.forked(10, 11);
  log.executed(11, named("env"));
  log.executed(11, named("ip"));
  log.ended(11, Exited{1});

  const auto commands = log.commands();
  REQUIRE(told(log) == Words{"env@0", "ip@0"});
  CHECK(commands[0].replaced);
  CHECK_FALSE(commands[0].ending);
  CHECK(commands[1].ending == Ending{Exited{1}});
}

TEST_CASE("a script that becomes another program shows it", "[replay]") {
  CommandLog log(10);
  log.executed(10, named("qemu"));
  log.executed(10, named("python3"));
  log.ended(10, Exited{0});

  CHECK(told(log) == Words{"python3@0"});
}

TEST_CASE("a pid that is used again is another process", "[replay]") {
  CommandLog log(10);
  log.executed(10, named("qemu"));
  log.forked(10, 11);
  log.executed(11, named("ip"));
  log.ended(11, Exited{0});
  log.forked(10, 11);
  log.executed(11, named("tc"));

  CHECK(told(log) == Words{"ip@0", "tc@0"});
  CHECK(log.alive() == std::set<pid_t>{10, 11});
}

}  // namespace hookjournal
