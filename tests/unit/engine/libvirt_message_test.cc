#include "engine/libvirt_message.h"

#include <cerrno>

#include "tests/unit/catch.h"
#include "tests/unit/engine/fake_runner.h"

using namespace hookjournal;
using Names = std::vector<std::string>;

namespace {

HookCall prepare(const std::string& guest = "win11") {
  return {
      .driver = "qemu", .object = guest, .operation = "prepare", .suboperation = "begin"};
}

// libvirt's text for one run of /etc/libvirt/hooks/qemu.
std::string message(Ending ending, const std::string& err,
                    const HookCall& call = prepare()) {
  FakeRunner runner;
  runner.will_end("qemu", ending, err);
  FakeObserver observer;
  HookEngine engine(runner, observer, {"LC_ALL=C", "PATH=/usr/bin:/bin"});
  return engine.answer(call, "/etc/libvirt/hooks", {{"qemu"}, {}}).error;
}

}  // namespace

TEST_CASE("a failed call carries libvirt's message word for word", "[engine]") {
  CHECK(message(Exited{3}, "no bridge\n") ==
        "Hook script execution failed: internal error: Child process (LC_ALL=C "
        "PATH=/usr/bin:/bin /etc/libvirt/hooks/qemu win11 prepare begin -) unexpected "
        "exit status 3: no bridge\n");
}

TEST_CASE("the message of a silent script ends with its status", "[engine]") {
  CHECK(message(Exited{1}, "").ends_with("begin -) unexpected exit status 1"));
}

TEST_CASE("the message names a signal as a signal", "[engine]") {
  CHECK(message(Signaled{9}, "").ends_with("unexpected fatal signal 9"));
  CHECK(message(Exited{137}, "").ends_with("unexpected exit status 137"));
}

TEST_CASE("stderr goes into the message raw and whole, up to a NUL", "[engine]") {
  const std::string err = "+ set -x\n\xff\n" + std::string(5000, 'e') + "\n\n";
  CHECK(message(Exited{1}, err).ends_with("unexpected exit status 1: " + err));
  CHECK(message(Exited{1}, std::string("seen\0lost", 9)).ends_with("status 1: seen"));
}

TEST_CASE("a script that cannot be executed is worded as libvirt's child words it",
          "[engine]") {
  CHECK(message(NotStarted{ENOEXEC}, "")
            .ends_with("unexpected exit status 126: libvirt:  error : cannot execute "
                       "binary /etc/libvirt/hooks/qemu: Exec format error\n"));
  CHECK(message(NotStarted{ENOENT}, "")
            .ends_with("unexpected exit status 127: libvirt:  error : cannot execute "
                       "binary /etc/libvirt/hooks/qemu: No such file or directory\n"));
}

TEST_CASE("what a runner left on stderr for a failed execution is not added to",
          "[engine]") {
  const std::string text = "libvirt:  error : cannot execute binary /lib/ld.so: why\n";
  CHECK(
      message(NotStarted{EACCES}, text).ends_with("unexpected exit status 126: " + text));
}

TEST_CASE("guest names are quoted for a shell where it would need it", "[engine]") {
  CHECK(message(Exited{1}, "", prepare("sp ace")).find(" 'sp ace' prepare ") !=
        std::string::npos);
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("plain-1.2_3:@%+,=/") == "plain-1.2_3:@%+,=/");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("a\"b$c`d") == "'a\"b$c`d'");
  CHECK(shell_quoted("é") == "é");
}

TEST_CASE("an assignment is quoted behind its equals sign only", "[engine]") {
  FakeRunner runner;
  runner.will_end("qemu", Exited{1});
  FakeObserver observer;
  HookEngine engine(runner, observer, {"LC_ALL=C", "HOME=/a b", "USER="});
  CHECK(engine.answer(prepare(), "/h", {{"qemu"}, {}})
            .error.find("(LC_ALL=C HOME='/a b' USER='' /h/qemu win11 ") !=
        std::string::npos);
}

TEST_CASE("a hook's environment is LC_ALL and the few names libvirt lets through",
          "[engine]") {
  CHECK(hook_environment({}) == Names{"LC_ALL=C"});
  CHECK(hook_environment({"USER=root", "LANG=de_DE.UTF-8", "LC_ALL=de_DE", "PATHEXT=x",
                          "PATH=/bin", "HOME=", "INVOCATION_ID=1", "TMPDIR=/t",
                          "LOGNAME=root", "LD_PRELOAD=/l.so"}) ==
        Names{"LC_ALL=C", "LD_PRELOAD=/l.so", "PATH=/bin", "HOME=", "USER=root",
              "LOGNAME=root", "TMPDIR=/t"});
}
