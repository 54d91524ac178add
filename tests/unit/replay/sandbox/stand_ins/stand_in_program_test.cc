#include <fstream>

#include "engine/error.h"
#include "replay/sandbox/own_program.h"
#include "tests/places.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/sandbox/stand_ins/stand_in_fixture.h"

using namespace hookjournal;
namespace fs = std::filesystem;

TEST_CASE("a stand-in ends and prints as its rule says", "[replay]") {
  StandInFixture sandbox("tool \"get *\" exit 3 stdout \"a\\n\" stderr \"b\\n\"\n");
  sandbox.replace("bin/tool");

  CHECK(sandbox.sh("bin/tool get 'x y'") == 3);
  CHECK(sandbox.written("out") == "a\n");
  CHECK(sandbox.written("err") == "b\n");
  CHECK(sandbox.sh("bin/tool set") == 0);
  CHECK(sandbox.written("out").empty());
}

TEST_CASE("a stand-in answers for the command in whose place it lies", "[replay]") {
  StandInFixture sandbox("tool exit 3\nother exit 4");
  const std::string tool = sandbox.replace("bin/tool");
  fs::create_symlink(tool, sandbox.path("bin/other"));

  CHECK(sandbox.sh("bin/./tool") == 3);
  CHECK(sandbox.sh("PATH=$PWD/bin:$PATH; exec tool") == 3);
  CHECK(sandbox.sh("bin/other") == 4);
  CHECK(sandbox.sh("exec bash -c 'exec -a other bin/tool'") == 3);
}

TEST_CASE("a rule for a path meets a stand-in called by a relative one", "[replay]") {
  StandInFixture sandbox("FOLDER/bin/tool exit 5\ntool exit 3");
  sandbox.replace("bin/tool");
  sandbox.replace("sbin/tool");

  CHECK(sandbox.sh("sbin/../bin/tool") == 5);
  CHECK(sandbox.sh("sbin/tool") == 3);
}

TEST_CASE("long arguments and long answers pass whole", "[replay]") {
  const std::string text(500'000, 'x');
  StandInFixture sandbox("tool \"*last\" stdout \"" + text + "\" stderr \"" + text +
                         "\"");
  sandbox.replace("tool");

  CHECK(sandbox.sh("./tool $(seq 100000) last") == 0);
  CHECK(sandbox.written("out") == text);
  CHECK(sandbox.written("err") == text);
}

TEST_CASE("a stand-in leaves the script's input alone unless its rule says", "[replay]") {
  StandInFixture sandbox("sleep\nlogger reads-input");
  sandbox.replace("sleep");
  sandbox.replace("logger");

  CHECK(sandbox.sh("echo kept | { ./sleep 1; cat; }") == 0);
  CHECK(sandbox.written("out") == "kept\n");
  CHECK(sandbox.sh("(head -c 300000 /dev/zero; echo $? >status) | ./logger -t hook") ==
        0);
  CHECK(sandbox.written("status") == "0\n");
}

TEST_CASE("a stand-in whose streams are closed still answers", "[replay]") {
  StandInFixture sandbox("tool exit 3 stdout \"a\\n\" stderr \"b\\n\"");
  sandbox.replace("tool");

  CHECK(sandbox.sh("./tool <&- >&- 2>&-") == 3);
  CHECK(sandbox.sh("./tool >&-") == 3);
  CHECK(sandbox.written("err") == "b\n");
}

TEST_CASE("where nobody answers a stand-in says so and fails", "[replay]") {
  StandInFixture sandbox("tool");
  sandbox.replace("tool");
  fs::remove(sandbox.path("stand-ins"));

  CHECK(sandbox.sh("./tool") == 127);
  CHECK(sandbox.written("err") == "hookjournal-stand-in: nobody answers for ./tool\n");
}

TEST_CASE("the stand-in of the package asks at no place but its own", "[replay]") {
  StandInFixture sandbox("hookjournal-stand-in exit 3");

  CHECK(sandbox.sh(test::stand_in_program() + " stand-ins") == 127);
}

TEST_CASE("the stand-in program is found as it is built and as it is installed",
          "[replay]") {
  TempFolder folder;
  fs::create_directories(folder / "bin");
  fs::create_directories(folder / "libexec/hookjournal");
  const auto put = [](const fs::path& place) {
    fs::copy_file(test::stand_in_program(), place);
  };

  CHECK_THROWS_WITH(own_program_of(folder / "bin", kStandInProgram),
                    ContainsSubstring((folder / "libexec").string()));
  put(folder / "libexec/hookjournal/hookjournal-stand-in");
  CHECK(own_program_of(folder / "bin", kStandInProgram) ==
        folder / "libexec/hookjournal/hookjournal-stand-in");
  put(folder / "bin/hookjournal-stand-in");
  CHECK(own_program_of(folder / "bin", kStandInProgram) ==
        folder / "bin/hookjournal-stand-in");
}
