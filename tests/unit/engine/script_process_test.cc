// A script's streams, and until when it is waited for: libvirt-hooks, how a script is
// run.
#include "engine/script_process.h"

#include <csignal>
#include <thread>

#include "tests/unit/catch.h"
#include "tests/unit/engine/script_fixture.h"

using namespace hookjournal;
using namespace std::chrono_literals;

namespace {

// The script of `hooks`, with its streams as `streams` say.
ScriptResult supervise(const HookDir& hooks, ScriptStreams streams,
                       ScriptWatcher& watcher) {
  const SupervisorSignals signals;
  return run_script(ExecPlan{hooks.path(), {hooks.path()}, hooks.path()},
                    no_environment(), std::move(streams), watcher);
}

// Leaves a mark for the script once it has seen `awaited` on stdout.
struct Answering : Listener {
  Answering(std::string text, std::filesystem::path file)
      : awaited(std::move(text)), mark(std::move(file)) {}
  void passed(Stream stream, std::string_view bytes) override {
    Listener::passed(stream, bytes);
    if (out == awaited && !ended) std::ofstream(mark) << "seen";
  }
  void script_ended() override { ended = true; }
  std::string awaited;
  std::filesystem::path mark;
  bool ended = false;
};

constexpr const char* kWaitForMark =
    "i=0; until [ -e $here/mark ] || [ $i -gt 1000 ]; do sleep 0.01; i=$((i+1)); done\n"
    "[ -e $here/mark ]";

}  // namespace

TEST_CASE("what a script writes is seen before it ends", "[engine]") {
  const HookDir hooks;
  hooks.script(std::string("export PATH=/usr/bin:/bin; echo first\n") + kWaitForMark);
  Answering watcher("first\n", hooks.dir.path() / "mark");
  CHECK(supervise(hooks, {}, watcher).ending == Ending{Exited{0}});
}

TEST_CASE("what a script writes reaches our reader before it ends", "[engine]") {
  const HookDir hooks;
  hooks.script(std::string("export PATH=/usr/bin:/bin; echo first >&2\n") + kWaitForMark);
  PipeEnds pipe;
  std::string read(6, '\0');
  std::thread reader([&] {
    if (::read(pipe.read_end.get(), read.data(), read.size()) == 6)
      std::ofstream(hooks.dir.path() / "mark") << "seen";
  });
  Listener watcher;
  ScriptStreams streams;
  streams.err = pipe.write_end.get();
  CHECK(supervise(hooks, std::move(streams), watcher).ending == Ending{Exited{0}});
  pipe.write_end.reset();
  reader.join();
  CHECK(read == "first\n");
  CHECK(watcher.err == "first\n");
}

TEST_CASE("20 MB of output pass whole", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run("head -c 20000000 /dev/zero; head -c 3000000 /dev/zero >&2");
  CHECK(result.ending == Ending{Exited{0}});
  CHECK(result.out.size() == 20'000'000);
  CHECK(result.err.size() == 3'000'000);
}

TEST_CASE("bytes are bytes: NUL, no UTF-8, no newline at the end", "[engine]") {
  const HookDir hooks;
  const ScriptResult result = hooks.run("printf 'a\\000b\\377'; printf '\\000' >&2");
  CHECK(result.out == std::string("a\0b\xff", 4));
  CHECK(result.err == std::string(1, '\0'));
}

TEST_CASE("a script that never reads a large input ends all the same", "[engine]") {
  HookDir hooks;
  hooks.call.input = std::string(1 << 20, 'x');
  CHECK(hooks.run("exit 5").ending == Ending{Exited{5}});
}

TEST_CASE("a script that reads a part of its input ends all the same", "[engine]") {
  HookDir hooks;
  hooks.call.input = "first line\n" + std::string(1 << 20, 'x');
  CHECK(hooks.run("read line; exec >&2; echo \"$line\"").err == "first line\n");
}

TEST_CASE("a large input and a large output do not wait for each other", "[engine]") {
  HookDir hooks;
  hooks.call.input = std::string(5'000'000, 'x');
  CHECK((hooks.run("exec cat").out == *hooks.call.input));  // too long to be printed
}

TEST_CASE("a script that closes its streams early is waited for", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run("exec <&- >&- 2>&-; sleep 0.2; echo done >$here/note; exit 5");
  CHECK(result.ending == Ending{Exited{5}});
  CHECK(content_of(hooks.note()) == "done\n");
  CHECK(result.elapsed >= 200ms);
  CHECK(result.holders.empty());
  CHECK(result.held_open == 0ns);
}

TEST_CASE("a child that holds stderr is waited for, named, and timed", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run("sleep 0.31 <&- >&- & echo $! >$here/note; exit 0");
  CHECK(result.ending == Ending{Exited{0}});
  const pid_t child = std::stoi(content_of(hooks.note()));
  CHECK(result.holders == std::vector<PipeHolder>{{child, "sleep 0.31", "stderr"}});
  CHECK(result.held_open >= 200ms);
  CHECK(result.held_open <= result.elapsed);
  CHECK(result.elapsed >= 310ms);
  CHECK(result.elapsed < 30s);
}

TEST_CASE("a child that holds two streams is named for each", "[engine]") {
  const HookDir hooks;
  const ScriptResult result = hooks.run("sleep 0.2 & echo $! >$here/note");
  const pid_t child = std::stoi(content_of(hooks.note()));
  CHECK(result.holders == std::vector<PipeHolder>{{child, "sleep 0.2", "stdout"},
                                                  {child, "sleep 0.2", "stderr"}});
}

TEST_CASE("a child that holds unread input is waited for", "[engine]") {
  HookDir hooks;
  hooks.call.input = std::string(1 << 20, 'x');
  // A shell gives its background children /dev/null unless told otherwise.
  const ScriptResult result =
      hooks.run("exec 3<&0; sleep 0.2 <&3 >&- 2>&- 3<&- & echo $! >$here/note");
  const pid_t child = std::stoi(content_of(hooks.note()));
  CHECK(result.holders == std::vector<PipeHolder>{{child, "sleep 0.2", "stdin"}});
  CHECK(result.held_open >= 100ms);
}

TEST_CASE("a child with all three redirected is not waited for", "[engine]") {
  const HookDir hooks;
  const ScriptResult result =
      hooks.run("sleep 60 </dev/null >/dev/null 2>&1 & echo $! >$here/note");
  ::kill(std::stoi(content_of(hooks.note())), SIGKILL);
  CHECK(result.elapsed < 30s);
  CHECK(result.holders.empty());
}

TEST_CASE("what a child writes after its script's end is seen", "[engine]") {
  const HookDir hooks;
  const ScriptResult result = hooks.run("(sleep 0.1; echo late) & echo early");
  CHECK(result.out == "early\nlate\n");
}

TEST_CASE("the runner tells of a holder while it waits", "[engine]") {
  const HookDir hooks;
  hooks.script("sleep 0.2 >&- & exit 0");
  std::vector<std::string> told;
  ProcessRunner runner(hooks.environment, [&](const std::filesystem::path& script,
                                              const PipeHolder& holder) {
    told.push_back(script.filename().native() + ": " + holder.command_line);
  });
  runner.run(hooks.path(), hooks.call, hooks.call.input);
  CHECK(told == std::vector<std::string>{"qemu: sleep 0.2"});
}

TEST_CASE("when our reader goes away the script hears of it", "[engine]") {
  const HookDir hooks;
  hooks.script("while :; do echo line; done");
  PipeEnds pipe;
  ScriptStreams streams;
  streams.out = pipe.write_end.get();
  std::thread reader([&pipe] {
    char some[64];
    if (::read(pipe.read_end.get(), some, sizeof some) > 0) pipe.read_end.reset();
  });
  Listener watcher;
  const ScriptResult result = supervise(hooks, std::move(streams), watcher);
  reader.join();
  CHECK(result.ending == Ending{Signaled{SIGPIPE}});
}

TEST_CASE("a relayed input reaches the script and the watcher", "[engine]") {
  const HookDir hooks;
  hooks.script("exec /bin/cat");
  PipeEnds pipe;
  REQUIRE(::write(pipe.write_end.get(), "<domain/>", 9) == 9);
  pipe.write_end.reset();
  ScriptStreams streams;
  streams.relayed_input = pipe.read_end.get();
  Listener watcher;
  supervise(hooks, std::move(streams), watcher);
  CHECK(watcher.in == "<domain/>");
  CHECK(watcher.out == "<domain/>");
}

TEST_CASE("what a script leaves unread of a relayed input is seen", "[engine]") {
  const HookDir hooks;
  hooks.script("exit 0");
  PipeEnds pipe;
  REQUIRE(::write(pipe.write_end.get(), "<domain/>", 9) == 9);
  pipe.write_end.reset();
  ScriptStreams streams;
  streams.relayed_input = pipe.read_end.get();
  Listener watcher;
  supervise(hooks, std::move(streams), watcher);
  CHECK(watcher.in == "<domain/>");
}

TEST_CASE("a relayed input that never ends does not keep an ended script", "[engine]") {
  const HookDir hooks;
  hooks.script("exit 0");
  const PipeEnds pipe;  // its writer stays
  ScriptStreams streams;
  streams.relayed_input = pipe.read_end.get();
  Listener watcher;
  CHECK(supervise(hooks, std::move(streams), watcher).elapsed < 30s);
}
