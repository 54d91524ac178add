// A script with the recorder's words, run where no recorder may stand between.
#include <cerrno>

#include "engine/first_line.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/script_fixture.h"

using namespace hookjournal;
using Lines = std::vector<std::string>;

namespace {

// Would be seen at once if it were executed: it is not there.
constexpr const char* kRecorder = "/nowhere/hookjournal-hook";

std::string command_line_of(const HookDir& hooks) {
  std::string text = hooks.run().out;
  for (char& c : text)
    if (c == '\0') c = '|';
  return text;
}

}  // namespace

TEST_CASE("a recorded script is run by the interpreter after the words", "[engine]") {
  const HookDir hooks;
  const std::string bare = "#!/bin/sh -e\ncat /proc/$$/cmdline\n";
  hooks.file(bare);
  const std::string expected = command_line_of(hooks);
  hooks.file(with_recorder(bare, kRecorder).value());
  CHECK(command_line_of(hooks) == expected);
  CHECK(expected == "/bin/sh|-e|" + hooks.path() + "|win11|prepare|begin|-|");
}

TEST_CASE("a recorded script without an argument to its interpreter", "[engine]") {
  const HookDir hooks;
  hooks.file(with_recorder("#!/bin/sh\necho $0 $4; exit 4\n", kRecorder).value());
  const ScriptResult result = hooks.run();
  CHECK(result.out == hooks.path() + " -\n");
  CHECK(result.ending == Ending{Exited{4}});
}

TEST_CASE("a launcher's original is run under the script's name", "[engine]") {
  const HookDir hooks;
  const auto original = hooks.dir.path() / "hookjournal/qemu";
  std::filesystem::create_directory(original.parent_path());
  // A shell names itself by argv[0], and finds no script win11.
  std::filesystem::copy_file("/bin/sh", original);
  hooks.file(launcher(kRecorder, original.native()));
  CHECK(hooks.run().err.starts_with(hooks.path() + ": "));
}

TEST_CASE("a launcher whose original is missing ends with 127 and its name", "[engine]") {
  const HookDir hooks;
  hooks.file(launcher(kRecorder, "/nowhere/qemu"));
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOENT}});
  CHECK(result.err ==
        "libvirt:  error : cannot execute binary /nowhere/qemu: No such file or "
        "directory\n");
}

TEST_CASE("a watcher answers 0, and its input is taken as read", "[engine]") {
  HookDir hooks;
  hooks.call.input = std::string(1 << 20, 'x');
  hooks.file("#!/nowhere/hookjournal-hook --watch\n");
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{Exited{0}});
  CHECK(result.out.empty());
  CHECK(result.err.empty());
}

TEST_CASE("words that name no interpreter are refused, not run for ever", "[engine]") {
  const HookDir hooks;
  hooks.file("#!/nowhere/hookjournal-hook\necho ran\n");
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOENT}});
  CHECK(result.out.empty());
}

TEST_CASE("the recorder's words do not make a script executable", "[engine]") {
  const HookDir hooks;
  hooks.file(with_recorder("#!/bin/sh\necho ran\n", kRecorder).value(), 0644);
  CHECK(hooks.run().ending == Ending{NotStarted{EACCES}});
}

TEST_CASE("a missing interpreter is told of the recorded script's name", "[engine]") {
  const HookDir hooks;
  hooks.file(with_recorder("#!/nowhere/perl -w\n", kRecorder).value());
  const ScriptResult result = hooks.run();
  CHECK(result.ending == Ending{NotStarted{ENOENT}});
  CHECK(result.err == "libvirt:  error : cannot execute binary " + hooks.path() +
                          ": No such file or directory\n");
}
