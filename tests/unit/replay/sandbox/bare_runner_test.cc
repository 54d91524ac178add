// Scripts without a sandbox, for --no-sandbox.
#include <filesystem>

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/scratch_dir.h"
#include "tests/unit/replay/sandbox/real_sandbox.h"

namespace hookjournal {

using namespace test;

TEST_CASE("without a sandbox scripts run here, and only ending and output are seen",
          "[replay]") {
  const ScratchDir here;
  const std::string file = here.path() / "made";
  const auto bare = make_bare_runner();
  const ScriptsTree tree =
      tree_of("cat; echo $1 $2 $LC_ALL; echo no >&2; touch " + file + "; exit 3");
  const auto stand = bare->open({.hooks_dir = "/etc/libvirt/hooks", .tree = &tree});

  const ObservedRun seen = stand->run(call_of("start"));

  CHECK(seen.script == "qemu");
  CHECK(seen.result.out == "<domain/>\nwin11 start C\n");
  CHECK(seen.result.err == "no\n");
  CHECK(seen.result.ending == Ending{Exited{3}});
  CHECK(std::filesystem::exists(file));
  CHECK(seen.effects.commands.empty());
  CHECK_FALSE(seen.effects.pids);
  CHECK(stand->remains() == Remains{});
  CHECK_THROWS_WITH(stand->keep(here.path() / "kept"),
                    ContainsSubstring("without a sandbox nobody watched"));
}

}  // namespace hookjournal
