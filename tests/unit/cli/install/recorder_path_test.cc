#include "cli/install/recorder_path.h"

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hooks_fixture.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

TEST_CASE("the recorder is looked for beside this program", "[cli]") {
  CHECK(recorder_beside_us().parent_path() ==
        fs::read_symlink("/proc/self/exe").parent_path());
  CHECK(recorder_beside_us().filename() == "hookjournal-hook");
}

TEST_CASE("a recorder the kernel could not start is refused", "[cli]") {
  HooksFixture tree;
  CHECK_NOTHROW(check_recorder(tree.recorder));

  CHECK_THROWS_AS(check_recorder("bin/hookjournal-hook"), UsageError);
  CHECK_THROWS_AS(check_recorder("/opt/my tools/hookjournal-hook"), UsageError);
  CHECK_THROWS_AS(check_recorder(tree.root / "bin/hookjournal"), UsageError);
  CHECK_THROWS_AS(check_recorder("/" + std::string(200, 'x') + "/hookjournal-hook"),
                  UsageError);
  fs::permissions(tree.recorder, fs::perms(0644));
  CHECK_THROWS_WITH(check_recorder(tree.recorder), ContainsSubstring("--hook"));
  fs::remove(tree.recorder);
  CHECK_THROWS_WITH(check_recorder(tree.recorder),
                    ContainsSubstring("no executable file"));
}
