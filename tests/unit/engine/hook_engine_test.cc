#include "engine/hook_engine.h"

#include <cerrno>

#include "tests/unit/catch.h"
#include "tests/unit/engine/fake_runner.h"

using namespace hookjournal;
using Names = std::vector<std::string>;
using Inputs = std::vector<std::optional<std::string>>;

namespace {

constexpr const char* kHooks = "/etc/libvirt/hooks";
constexpr const char* kOriginal = "<domain>original</domain>";

HookCall call(const std::string& driver, const std::string& operation) {
  return {.driver = driver,
          .object = "win11",
          .operation = operation,
          .suboperation = "begin",
          .input = kOriginal};
}

// The engine with its surroundings, asked about one call.
struct Asked {
  FakeRunner runner;
  FakeObserver observer;

  Answer about(const HookCall& hook_call, const Names& scripts,
               std::error_code bad_directory = {}) {
    return HookEngine(runner, observer)
        .answer(hook_call, kHooks, {scripts, bad_directory});
  }
};

const Names kThree = {"qemu", "qemu.d/a", "qemu.d/b"};

}  // namespace

// libvirt-hooks: the algorithm of one call.

TEST_CASE("without a script there is no hook, which callers take as fine", "[engine]") {
  Asked asked;
  const Answer answer = asked.about(call("qemu", "prepare"), {});
  CHECK(answer.no_hook);
  CHECK_FALSE(answer.failed);
  CHECK(answer.runs.empty());
  CHECK(asked.runner.ran.empty());
}

TEST_CASE("a script gets its full path, all five words and the input", "[engine]") {
  Asked asked;
  const HookCall hook_call = call("qemu", "prepare");
  const Answer answer = asked.about(hook_call, {"qemu.d/10-x"});
  CHECK_FALSE(answer.no_hook);
  CHECK(asked.runner.paths.at(0) == "/etc/libvirt/hooks/qemu.d/10-x");
  CHECK(asked.runner.calls.at(0) == hook_call);
  CHECK(asked.runner.read == Inputs{kOriginal});
  CHECK(answer.ending == Ending{Exited{0}});
}

TEST_CASE("scripts run one after another in the order of discovery", "[engine]") {
  Asked asked;
  const Answer answer = asked.about(call("qemu", "start"), kThree);
  CHECK(asked.runner.ran == Names{"qemu", "a", "b"});
  REQUIRE(answer.runs.size() == 3);
  CHECK(answer.runs[1].script == "qemu.d/a");
  CHECK(asked.observer.heard ==
        Names{"starting qemu", "ended qemu: exit status 0", "starting qemu.d/a",
              "ended qemu.d/a: exit status 0", "starting qemu.d/b",
              "ended qemu.d/b: exit status 0"});
}

TEST_CASE("every run is announced with the whole plan and its own input", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "<domain>M</domain>");
  asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.observer.plans == std::vector<Names>{kThree, kThree, kThree});
  CHECK(asked.observer.inputs ==
        Inputs{kOriginal, "<domain>M</domain>", "<domain>M</domain>"});
}

TEST_CASE("a failing script does not stop the next, and the call fails", "[engine]") {
  Asked asked;
  asked.runner.will_end("qemu", Exited{4});
  const Answer answer = asked.about(call("qemu", "prepare"), kThree);
  CHECK(asked.runner.ran == Names{"qemu", "a", "b"});
  CHECK(answer.failed);
  CHECK(answer.ending == Ending{Exited{4}});
}

TEST_CASE("of several failures the last one is the answer", "[engine]") {
  Asked asked;
  asked.runner.will_end("qemu", Exited{4}, "first");
  asked.runner.will_end("a", Exited{7}, "second");
  const Answer answer = asked.about(call("qemu", "prepare"), kThree);
  CHECK(answer.failed);
  CHECK(answer.ending == Ending{Exited{7}});
  CHECK(answer.error.ends_with("unexpected exit status 7: second"));
}

TEST_CASE("each way to end other than exit 0 is a failure", "[engine]") {
  Asked asked;
  const Ending ending =
      GENERATE(Ending{Exited{1}}, Ending{Exited{127}}, Ending{Exited{255}},
               Ending{Signaled{9}}, Ending{Signaled{11, true}},
               Ending{NotStarted{ENOEXEC}}, Ending{NotStarted{ENOENT}});
  asked.runner.will_end("qemu", ending);
  const Answer answer = asked.about(call("qemu", "prepare"), {"qemu"});
  CHECK(answer.failed);
  CHECK(answer.ending == ending);
}

TEST_CASE("text on stderr with exit 0 has no effect", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "", Exited{0}, "a warning\n");
  const Answer answer = asked.about(call("qemu", "prepare"), {"qemu"});
  CHECK_FALSE(answer.failed);
  CHECK(answer.error.empty());
  CHECK(answer.runs.at(0).result.err == "a warning\n");
}

TEST_CASE("without input a script reads /dev/null, which is not an empty input",
          "[engine]") {
  Asked asked;
  HookCall daemon{.driver = "daemon", .object = "-", .operation = "start"};
  asked.about(daemon, {"daemon", "daemon.d/x"});
  CHECK(asked.runner.read == Inputs{std::nullopt, std::nullopt});
}

// libvirt-hooks: bad directories.

TEST_CASE("a .d that is no directory fails the call after the main script ran",
          "[engine]") {
  Asked asked;
  const Answer answer =
      asked.about(call("qemu", "prepare"), {"qemu"}, {ENOTDIR, std::generic_category()});
  CHECK(asked.runner.ran == Names{"qemu"});
  CHECK(answer.failed);
  CHECK_FALSE(answer.no_hook);
  CHECK(answer.bad_directory.value() == ENOTDIR);
  CHECK(answer.error ==
        "cannot open directory '/etc/libvirt/hooks/qemu.d': Not a directory");
  CHECK(answer.ending == Ending{NotStarted{ENOTDIR}});
  CHECK(asked.observer.heard.back() == "ended qemu.d: " + describe(NotStarted{ENOTDIR}));
  CHECK(asked.observer.plans.front() == Names{"qemu", "qemu.d"});
}

TEST_CASE("a .d that may not be read is the last error, after the main script's",
          "[engine]") {
  Asked asked;
  asked.runner.will_end("qemu", Exited{3}, "from main");
  const Answer answer =
      asked.about(call("qemu", "prepare"), {"qemu"}, {EACCES, std::generic_category()});
  CHECK(answer.ending == Ending{NotStarted{EACCES}});
  CHECK(answer.error ==
        "cannot open directory '/etc/libvirt/hooks/qemu.d': Permission denied");
}

TEST_CASE("a .d that is no directory loses the output of the main script", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "<domain>M</domain>");
  const Answer answer =
      asked.about(call("qemu", "restore"), {"qemu"}, {ENOTDIR, std::generic_category()});
  CHECK(answer.failed);
  CHECK_FALSE(answer.output);
}

// libvirt-hooks: the cases of filter operations, and what was observed on `restore`.

TEST_CASE("a filter without a main script starts from the original input", "[engine]") {
  Asked asked;
  asked.runner.will("a", "<domain>A</domain>");
  const Answer answer = asked.about(call("qemu", "migrate"), {"qemu.d/a", "qemu.d/b"});
  CHECK(asked.runner.read == Inputs{kOriginal, "<domain>A</domain>"});
  CHECK(answer.output == "<domain>A</domain>");
}

TEST_CASE("a filter that prints nothing leaves the input as it is", "[engine]") {
  Asked asked;
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, kOriginal, kOriginal});
  CHECK_FALSE(answer.output);
  CHECK_FALSE(answer.failed);
}

TEST_CASE("a silent script between two passes the earlier output on", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "M");
  asked.runner.will("b", "B");
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, "M", "M"});
  CHECK(answer.output == "B");
}

TEST_CASE("an output of white space only counts as none", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "M");
  asked.runner.will("a", " \t\n\f\r\n ");
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, "M", "M"});
  CHECK(answer.output == "M");
}

TEST_CASE("a main script that prints blanks is as one that prints nothing", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "  \n\n");
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, kOriginal, kOriginal});
  CHECK_FALSE(answer.output);
}

TEST_CASE("a vertical tab is not blank", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "\v");
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, "\v", "\v"});
  CHECK(answer.output == "\v");
}

TEST_CASE("bytes after a NUL in an output are lost", "[engine]") {
  Asked asked;
  asked.runner.will("qemu", std::string("M\0lost", 6));
  asked.runner.will("a", std::string(" \0not blank", 11));
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, "M", "M"});
  CHECK(answer.output == "M");
  CHECK(answer.runs[0].result.out.size() == 6);  // recorded as it was printed
}

TEST_CASE("an output keeps every byte and has no size limit", "[engine]") {
  Asked asked;
  const std::string large = " <domain>" + std::string(20 << 20, 'x') + "</domain>\n\n";
  asked.runner.will("qemu", large);
  const Answer answer = asked.about(call("qemu", "migrate"), {"qemu", "qemu.d/a"});
  CHECK((asked.runner.read.at(1) == large));
  CHECK((answer.output == large));
}

TEST_CASE("after main failed every later script of a filter reads the original",
          "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "M", Exited{3});
  asked.runner.will("a", "A");
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, kOriginal, kOriginal});
  CHECK(answer.failed);
  CHECK_FALSE(answer.output);
}

TEST_CASE("a failure in a filter's chain drops its output and the good one before it",
          "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "M");
  asked.runner.will("a", "A", Exited{3});
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, "M", kOriginal});
  CHECK(answer.failed);
  CHECK_FALSE(answer.output);
}

TEST_CASE("one failure fails a filter though later scripts print well", "[engine]") {
  Asked asked;
  asked.runner.will_end("qemu", Signaled{9});
  asked.runner.will("a", "A");
  asked.runner.will("b", "B");
  const Answer answer = asked.about(call("qemu", "migrate"), kThree);
  CHECK(answer.failed);
  CHECK(answer.ending == Ending{Signaled{9}});
  CHECK_FALSE(answer.output);
}

TEST_CASE("of several outputs the last one wins, garbage before it is forgotten",
          "[engine]") {
  Asked asked;
  asked.runner.will("qemu", "garbage");
  asked.runner.will("b", "<domain>B</domain>");
  const Answer answer = asked.about(call("qemu", "restore"), kThree);
  CHECK(answer.output == "<domain>B</domain>");
}

TEST_CASE("operations without capture give every script the original input", "[engine]") {
  Asked asked;
  const std::string operation =
      GENERATE("prepare", "start", "started", "stopped", "release", "reconnect");
  asked.runner.will("qemu", "thrown away");
  const Answer answer = asked.about(call("qemu", operation), kThree);
  CHECK(asked.runner.read == Inputs{kOriginal, kOriginal, kOriginal});
  CHECK_FALSE(answer.output);
}

// libvirt-hooks: drivers and operations.

TEST_CASE("every driver and operation runs, known to us or not", "[engine]") {
  const auto [driver, operation] = GENERATE(table<std::string, std::string>({
      {"daemon", "start"},
      {"daemon", "shutdown"},
      {"daemon", "reload"},
      {"qemu", "start"},
      {"qemu", "stopped"},
      {"qemu", "prepare"},
      {"qemu", "release"},
      {"qemu", "migrate"},
      {"qemu", "started"},
      {"qemu", "reconnect"},
      {"qemu", "attach"},
      {"qemu", "restore"},
      {"lxc", "start"},
      {"lxc", "stopped"},
      {"lxc", "prepare"},
      {"lxc", "release"},
      {"lxc", "started"},
      {"lxc", "reconnect"},
      {"network", "start"},
      {"network", "started"},
      {"network", "stopped"},
      {"network", "port-created"},
      {"network", "port-deleted"},
      {"network", "updated"},
      {"network", "plugged"},
      {"network", "unplugged"},
      {"libxl", "start"},
      {"libxl", "stopped"},
      {"libxl", "prepare"},
      {"libxl", "release"},
      {"libxl", "migrate"},
      {"libxl", "started"},
      {"libxl", "reconnect"},
      {"bhyve", "start"},
      {"bhyve", "stopped"},
      {"bhyve", "prepare"},
      {"bhyve", "release"},
      {"bhyve", "started"},
      {"qemu", "startcpus"},
      {"kvmtool", "prepare"},
      {"acrn", "teleported"},
  }));
  Asked asked;
  asked.runner.will_end(driver, Exited{1});
  const HookCall hook_call = call(driver, operation);
  const Answer answer = asked.about(hook_call, {driver, driver + ".d/x"});
  CHECK(asked.runner.ran == Names{driver, "x"});
  CHECK(asked.runner.calls.at(0) == hook_call);
  CHECK(answer.failed);
}

TEST_CASE("a reason of release with a blank arrives as one word", "[engine]") {
  Asked asked;
  HookCall release = call("qemu", "release");
  release.suboperation = "end";
  release.extra = "from snapshot";
  asked.about(release, {"qemu"});
  CHECK(script_arguments(asked.runner.calls.at(0)) ==
        Names{"win11", "release", "end", "from snapshot"});
}

TEST_CASE("a machine that refuses to run a script is the caller's trouble", "[engine]") {
  struct Refusing : ScriptRunner {
    ScriptResult run(const std::filesystem::path&, const HookCall&,
                     const std::optional<std::string>&) override {
      throw std::runtime_error("out of descriptors");
    }
  } runner;
  FakeObserver observer;
  HookEngine engine(runner, observer);
  CHECK_THROWS_WITH(engine.answer(call("qemu", "prepare"), kHooks, {{"qemu"}, {}}),
                    "out of descriptors");
  CHECK(observer.heard == Names{"starting qemu"});
}
