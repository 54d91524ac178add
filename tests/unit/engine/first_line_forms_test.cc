// The forms first lines come in, and what of each the kernel and the recorder read.
#include "engine/first_line.h"
#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

constexpr const char* kHook = "/usr/bin/hookjournal-hook";

Interpreter interpreter(const std::string& path,
                        std::optional<std::string> argument = {}) {
  return {path, std::move(argument)};
}

// A script whose first line is `length` bytes.
std::string script_of(std::size_t length) {
  return "#!/bin/sh " + std::string(length - 10, 'x') + "\n";
}

}  // namespace

TEST_CASE("an interpreter line is split at its first blank, as the kernel does",
          "[engine]") {
  CHECK(interpreter_of("#!/bin/sh\n") == interpreter("/bin/sh"));
  CHECK(interpreter_of("#!/bin/sh -e\n") == interpreter("/bin/sh", "-e"));
  CHECK(interpreter_of("#!/usr/bin/env python3\n") ==
        interpreter("/usr/bin/env", "python3"));
  CHECK(interpreter_of("#!/usr/bin/env -S a b  c \n") ==
        interpreter("/usr/bin/env", "-S a b  c"));
  CHECK(interpreter_of("#! \t/bin/bash\t -x \t\n") == interpreter("/bin/bash", "-x"));
  CHECK(interpreter_of("#!/bin/bash \t \necho") == interpreter("/bin/bash"));
}

TEST_CASE("a first line needs no newline at its end", "[engine]") {
  CHECK(interpreter_of("#!/bin/sh") == interpreter("/bin/sh"));
  CHECK(with_recorder("#!/bin/sh", kHook) == "#!/usr/bin/hookjournal-hook /bin/sh");
}

TEST_CASE("a carriage return belongs to the name, as for the kernel", "[engine]") {
  CHECK(interpreter_of("#!/bin/sh\r\n") == interpreter("/bin/sh\r"));
  CHECK(interpreter_of("#!/bin/sh -e\r\n") == interpreter("/bin/sh", "-e\r"));
  CHECK(with_recorder("#!/bin/sh\r\nexit\r\n", kHook) ==
        "#!/usr/bin/hookjournal-hook /bin/sh\r\nexit\r\n");
}

TEST_CASE("what has no interpreter line has no interpreter", "[engine]") {
  const std::string text = GENERATE("", "#", "#!", "#!\n/bin/sh\n", "#! \t \n",
                                    "echo\n#!/bin/sh\n", " #!/bin/sh\n",
                                    "\x7f"
                                    "ELF");
  CHECK_FALSE(interpreter_of(text));
  CHECK_FALSE(has_recorder(text));
  CHECK_FALSE(launched_path(text));
  CHECK_FALSE(with_recorder(text, kHook));
  CHECK(without_recorder(text) == text);
}

TEST_CASE("the recorder reads back the interpreter it was put before", "[engine]") {
  const std::string line = GENERATE("/bin/sh", "/bin/sh -e", "/usr/bin/env python3",
                                    "/usr/bin/env -S a b  c", "/usr/bin/perl -w -T");
  const auto recorded = with_recorder("#!" + line + "\n", kHook);
  REQUIRE(recorded);
  const auto given = interpreter_of(*recorded);  // what the kernel hands the recorder
  REQUIRE(given);
  CHECK(given->path == kHook);
  CHECK(split_interpreter(*given->argument) == interpreter_of("#!" + line + "\n"));
}

TEST_CASE("a recorder is known by its file name, wherever it is", "[engine]") {
  CHECK(has_recorder("#!/opt/x/hookjournal-hook /bin/sh\n"));
  CHECK(has_recorder("#! hookjournal-hook /bin/sh\n"));
  CHECK_FALSE(has_recorder("#!/usr/bin/hookjournal-hook-old /bin/sh\n"));
  CHECK_FALSE(has_recorder("#!/usr/bin/my-hookjournal-hook /bin/sh\n"));
  CHECK_FALSE(has_recorder("#!/usr/bin/env hookjournal-hook\n"));
  CHECK_FALSE(has_recorder("#!/bin/sh\n# /usr/bin/hookjournal-hook\n"));
}

TEST_CASE("taking the recorder out keeps blanks somebody added", "[engine]") {
  CHECK(without_recorder("#! /usr/bin/hookjournal-hook  /bin/sh -e\nx") ==
        "#! /bin/sh -e\nx");
  CHECK(without_recorder("#!/usr/bin/hookjournal-hook\t/bin/sh\n") == "#!/bin/sh\n");
}

TEST_CASE("a recorder with nothing behind it is left as it is", "[engine]") {
  const std::string text =
      GENERATE("#!/usr/bin/hookjournal-hook\n", "#!/usr/bin/hookjournal-hook",
               "#!/usr/bin/hookjournal-hook\nexit 1\n");
  CHECK(without_recorder(text) == text);
}

TEST_CASE("bytes behind the first line are not touched", "[engine]") {
  const std::string rest("\0\xff\r\n#!/bin/sh\nno newline", 24);
  const auto recorded = with_recorder("#!/bin/sh\n" + rest, kHook);
  REQUIRE(recorded);
  CHECK(recorded->ends_with("\n" + rest));
  CHECK(without_recorder(*recorded) == "#!/bin/sh\n" + rest);
}

TEST_CASE("a line that would pass the kernel's 255 bytes is refused", "[engine]") {
  const std::size_t inserted = std::string(kHook).size() + 1;
  const auto fits = with_recorder(script_of(255 - inserted), kHook);
  REQUIRE(fits);
  CHECK(fits->find('\n') == 255);
  CHECK_FALSE(with_recorder(script_of(256 - inserted), kHook));
  CHECK_FALSE(with_recorder(script_of(400), kHook));
}

TEST_CASE("a launcher names what it stands in for", "[engine]") {
  const std::string text = launcher(kHook, "/etc/libvirt/hooks/hookjournal/qemu");
  CHECK(text ==
        "#!/usr/bin/hookjournal-hook --exec /etc/libvirt/hooks/hookjournal/qemu\n");
  CHECK(has_recorder(text));
  CHECK(launched_path(text) == "/etc/libvirt/hooks/hookjournal/qemu");
}

TEST_CASE("a launcher's path may hold blanks", "[engine]") {
  CHECK(launched_path(launcher(kHook, "/h/hookjournal/qemu.d/sp ace")) ==
        "/h/hookjournal/qemu.d/sp ace");
}

TEST_CASE("a launcher holds no user's text to give back", "[engine]") {
  const std::string text = launcher(kHook, "/h/hookjournal/qemu");
  CHECK(without_recorder(text) == text);
}

TEST_CASE("a recorded script is no launcher", "[engine]") {
  CHECK_FALSE(launched_path("#!/usr/bin/hookjournal-hook /bin/sh --exec /x\n"));
  CHECK_FALSE(launched_path("#!/usr/bin/hookjournal-hook --execute /x\n"));
  CHECK_FALSE(launched_path("#!/usr/bin/hookjournal-hook --exec\n"));
  CHECK_FALSE(launched_path("#!/bin/sh --exec /x\n"));
}
