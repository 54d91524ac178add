#include "cli/install/our_folder.h"
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

TEST_CASE("a link in our folder's place is refused before a journal is made", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  fs::create_directory(tree.root / "elsewhere");
  tree.link("hookjournal", "../elsewhere");
  const auto before = listing(tree.root);

  for (const Words& more : {Words{}, Words{"--dry-run"}}) {
    const CommandResult refused = installing(tree, more);
    CHECK(refused.status == 3);
    CHECK_THAT(refused.err, ContainsSubstring("hookjournal is a symbolic link") &&
                                ContainsSubstring("move the link away"));
  }
  CHECK(listing(tree.root) == before);
}

TEST_CASE("a file in our folder's place is refused before a journal is made", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("hookjournal", "mine\n", 0644);

  for (const Words& more : {Words{}, Words{"--dry-run"}}) {
    const CommandResult refused = installing(tree, more);
    CHECK(refused.status == 3);
    CHECK_THAT(refused.err, ContainsSubstring("move it away, then run install again"));
  }
  CHECK_FALSE(fs::exists(journal_of(tree)));
  CHECK(tree.text("hookjournal") == "mine\n");
}

TEST_CASE("uninstall says what to do about a file in our folder's place", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  REQUIRE(installing(tree).status == 0);
  fs::remove_all(tree.hooks / "hookjournal");
  tree.file("hookjournal", "mine\n", 0644);

  const CommandResult result = uninstalling(tree);

  CHECK(result.status == 3);
  CHECK_THAT(result.err, ContainsSubstring("something else has this name: move it away"));
}

TEST_CASE("where nothing can be written, install and its dry run say so at once",
          "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  fs::create_directory(tree.root / "journal");
  fs::permissions(tree.root / "journal", fs::perms(0777));
  fs::permissions(tree.hooks, fs::perms(0555));

  const AsOrdinaryUser user(tree);
  for (const Words& more : {Words{}, Words{"--dry-run"}}) {
    const CommandResult refused = installing(tree, more);
    CHECK(refused.status == 3);
    CHECK_THAT(refused.err,
               ContainsSubstring("cannot change anything in " + tree.hooks.string()) &&
                   ContainsSubstring("run it as root"));
  }
  CHECK_FALSE(fs::exists(journal_of(tree)));
}

TEST_CASE("a recorded directory may be read-only when nothing is to be done", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  fs::create_directory(tree.root / "journal");
  REQUIRE(installing(tree).status == 0);
  fs::permissions(tree.hooks, fs::perms(0555));

  const AsOrdinaryUser user(tree);
  CHECK(installing(tree, {"--dry-run"}).status == 0);
}

TEST_CASE("where nothing is installed, a file in our folder's place is no trouble",
          "[cli]") {
  HooksFixture tree;
  tree.file("hookjournal", "mine\n", 0644);
  for (const Words& more : {Words{}, Words{"--dry-run"}}) {
    const CommandResult nothing = uninstalling(tree, more);
    CHECK(nothing.status == 0);
    CHECK_THAT(nothing.out, ContainsSubstring("nothing is recorded"));
  }
}

TEST_CASE("uninstall restores through a link to our folder, and leaves the link",
          "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.copy("lxc", "/bin/true");
  const auto seen = as_libvirt_sees(tree.hooks);
  REQUIRE(installing(tree).status == 0);
  fs::rename(tree.hooks / "hookjournal", tree.root / "moved");
  tree.link("hookjournal", "../moved");

  const CommandResult result = uninstalling(tree);

  CHECK(result.status == 0);
  CHECK_THAT(result.out, ContainsSubstring("restore      qemu\n") &&
                             ContainsSubstring("put back     lxc\n") &&
                             ContainsSubstring("left alone   hookjournal: it is a "
                                               "symbolic link"));
  CHECK(tree.text("qemu") == "#!/bin/sh\n");
  CHECK(as_libvirt_sees(tree.hooks) == seen);
  CHECK(is_link(tree.hooks / "hookjournal"));
  CHECK(fs::exists(tree.root / "moved/config.json"));

  const CommandResult again = uninstalling(tree);
  CHECK(again.status == 0);
  CHECK_THAT(again.out, ContainsSubstring("nothing is recorded") &&
                            ContainsSubstring("remove the link"));
}

TEST_CASE("uninstall takes no script away through a link that leads back", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("lxc", "#!/bin/sh\n");
  REQUIRE(installing(tree).status == 0);
  fs::remove_all(tree.hooks / "hookjournal");
  tree.link("hookjournal", ".");

  CHECK(uninstalling(tree).status == 0);

  CHECK(tree.text("qemu") == "#!/bin/sh\n");
  CHECK(tree.text("lxc") == "#!/bin/sh\n");
}
