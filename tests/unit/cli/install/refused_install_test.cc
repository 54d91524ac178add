#include "cli/install/install_plan.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

fs::path journal_of(const HooksFixture& tree) { return tree.root / "journal/journal.db"; }

CommandResult installing(const HooksFixture& tree, const Words& more = {}) {
  Words words = {"install",     "--hooks-dir", tree.hooks,      "--hook",
                 tree.recorder, "--journal",   journal_of(tree)};
  words.insert(words.end(), more.begin(), more.end());
  return run_command(run_install, words);
}

CommandResult uninstalling(const HooksFixture& tree, const Words& more = {}) {
  Words words = {"uninstall", "--hooks-dir", tree.hooks};
  words.insert(words.end(), more.begin(), more.end());
  return run_command(run_uninstall, words);
}

}  // namespace

TEST_CASE("scripts in a folder that reads as a driver's .d are not recorded", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  REQUIRE(installing(tree).status == 0);
  fs::rename(tree.hooks, tree.root / "hooks.d");
  tree.hooks = tree.root / "hooks.d";
  const auto before = listing(tree.root);

  for (const Words& more : {Words{}, Words{"--dry-run"}, Words{"--driver", "lxc"}}) {
    const CommandResult refused = installing(tree, more);
    CHECK(refused.status == 2);
    CHECK_THAT(refused.err, ContainsSubstring("a driver called hooks"));
  }
  CHECK(listing(tree.root) == before);

  CHECK(uninstalling(tree).status == 0);
  CHECK(tree.text("qemu") == "#!/bin/sh\n");
}
