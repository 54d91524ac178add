#include "cli/install/uninstaller.h"

#include <algorithm>
#include <fstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

void append(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::app) << text;
}

}  // namespace

TEST_CASE("an edit made since install stays", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  append(tree.hooks / "qemu", "echo more\n");
  fs::permissions(tree.hooks / "qemu", fs::perms(0700));
  const auto edited = attributes_of(tree.hooks / "qemu");

  CHECK(troubles(uninstall(tree)).empty());

  CHECK(tree.text("qemu") == "#!/bin/sh\necho more\n");
  const auto after = attributes_of(tree.hooks / "qemu");
  CHECK(after.mode == 0700);
  CHECK(after.modified.tv_nsec == edited.modified.tv_nsec);
}

TEST_CASE("a script put in a recorded one's place stays", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  tree.file("qemu", "#!/bin/sh\nnew\n");
  CHECK(troubles(uninstall(tree)).empty());
  CHECK(tree.text("qemu") == "#!/bin/sh\nnew\n");
}

TEST_CASE("scripts that were moved, copied or switched off lose the words, too",
          "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("qemu.d/10-x", "#!/bin/sh\nx\n");
  install(request_for(tree));
  fs::copy_file(tree.hooks / "qemu", tree.hooks / "qemu.bak");
  fs::permissions(tree.hooks / "qemu", fs::perms(0644));
  fs::create_directories(tree.hooks / "qemu.d/off");
  fs::rename(tree.hooks / "qemu.d/10-x", tree.hooks / "qemu.d/off/10-x");

  CHECK(troubles(uninstall(tree)).empty());

  CHECK(tree.text("qemu") == "#!/bin/sh\n");
  CHECK(tree.text("qemu.bak") == "#!/bin/sh\n");
  CHECK(tree.text("qemu.d/off/10-x") == "#!/bin/sh\nx\n");
  CHECK_FALSE(fs::exists(tree.hooks / "hookjournal"));
}

TEST_CASE("a renumbered launcher gets its original under the new name", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu.d/10-x", "/bin/true");
  tree.link("qemu.d/20-y", "../lib/real");
  tree.file("lib/real", "#!/bin/sh\n");
  install(request_for(tree));
  fs::rename(tree.hooks / "qemu.d/10-x", tree.hooks / "qemu.d/30-x");
  fs::rename(tree.hooks / "qemu.d/20-y", tree.hooks / "qemu.d/10-x");
  const auto seen = as_libvirt_sees(tree.hooks);
  install(request_for(tree));
  CHECK(as_libvirt_sees(tree.hooks) == seen);

  CHECK(troubles(uninstall(tree)).empty());

  CHECK(as_libvirt_sees(tree.hooks) == seen);
  CHECK(fs::read_symlink(tree.hooks / "qemu.d/10-x") == "../lib/real");
  CHECK_FALSE(fs::exists(tree.hooks / "hookjournal"));
}

TEST_CASE("a program whose launcher was renumbered is found after an interruption",
          "[cli]") {
  HooksFixture tree;
  tree.copy("qemu.d/10-x", "/bin/true");
  install(request_for(tree));
  fs::rename(tree.hooks / "qemu.d/10-x", tree.hooks / "qemu.d/30-x");
  // As a run leaves it that stopped before it removed the second name.
  fs::remove(tree.hooks / "qemu.d/30-x");
  fs::create_hard_link(tree.hooks / "hookjournal/qemu.d/10-x",
                       tree.hooks / "qemu.d/30-x");
  CHECK(troubles(uninstall(tree)).empty());
  CHECK_FALSE(fs::exists(tree.hooks / "hookjournal"));
}

TEST_CASE("each copy of a launcher gets a copy of the original", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu.d/10-x", "/bin/true");
  install(request_for(tree));
  fs::copy_file(tree.hooks / "qemu.d/10-x", tree.hooks / "qemu.d/20-y");
  const auto seen = as_libvirt_sees(tree.hooks);
  CHECK(troubles(uninstall(tree)).empty());
  CHECK(as_libvirt_sees(tree.hooks) == seen);
  CHECK_FALSE(fs::exists(tree.hooks / "hookjournal"));
}

TEST_CASE("a launcher whose execute bits were taken leaves a switched off program",
          "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  fs::permissions(tree.hooks / "qemu", fs::perms(0644));
  CHECK(troubles(uninstall(tree)).empty());
  CHECK(fs::status(tree.hooks / "qemu").permissions() == fs::perms(0644));
  CHECK(as_libvirt_sees(tree.hooks).empty());
}

TEST_CASE("a launcher whose original is missing is left and reported", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  fs::remove(tree.hooks / "hookjournal/qemu");
  const auto text = tree.text("qemu");
  tree.file("hookjournal/config.json", "{}\n", 0644);

  const auto found = troubles(uninstall(tree));

  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].note, ContainsSubstring("is missing"));
  CHECK(tree.text("qemu") == text);
  CHECK(fs::exists(tree.hooks / "hookjournal/config.json"));  // it still uses that
  CHECK(troubles(install(request_for(tree))).size() == 1);
}

TEST_CASE("an original whose launcher was overwritten is kept and reported", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  tree.file("qemu", "#!/bin/sh\nfrom configuration management\n");

  // It is recorded again, as what it is now.
  CHECK(troubles(install(request_for(tree))).empty());
  CHECK(tree.text("qemu").starts_with(words(tree) + "/bin/sh"));

  const auto found = troubles(uninstall(tree));
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].note, ContainsSubstring("kept"));
  CHECK(tree.text("qemu") == "#!/bin/sh\nfrom configuration management\n");
  CHECK(fs::exists(tree.hooks / "hookjournal/qemu"));
}

TEST_CASE("an original that was restored over its launcher is launched again", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  tree.link("lxc", "/bin/false");
  const auto before = as_libvirt_sees(tree.hooks);
  install(request_for(tree));
  fs::remove(tree.hooks / "qemu");
  fs::remove(tree.hooks / "lxc");
  tree.copy("qemu", "/bin/true");
  tree.link("lxc", "/bin/false");

  CHECK(troubles(install(request_for(tree))).empty());
  CHECK(tree.text("qemu").starts_with(words(tree) + "--exec "));
  CHECK(tree.text("lxc").starts_with(words(tree) + "--exec "));
  CHECK(troubles(uninstall(tree)).empty());
  CHECK(as_libvirt_sees(tree.hooks) == before);
  CHECK_FALSE(fs::exists(tree.hooks / "hookjournal"));
}

TEST_CASE("another program in a launcher's place does not cost the earlier one",
          "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  fs::remove(tree.hooks / "qemu");
  tree.copy("qemu", "/bin/false");
  const auto found = troubles(install(request_for(tree)));
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].note, ContainsSubstring("an earlier original"));
  CHECK(read_image(tree.hooks / "hookjournal/qemu").bytes ==
        read_image(fs::canonical("/bin/true")).bytes);
}

TEST_CASE("what somebody else put into our folder stays, and is reported", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  tree.file("hookjournal/notes.txt", "mine\n", 0644);

  const auto found = troubles(uninstall(tree));

  REQUIRE(found.size() == 1);
  CHECK(found[0].script == "hookjournal/notes.txt");
  CHECK(tree.text("hookjournal/notes.txt") == "mine\n");
  CHECK(tree.text("qemu") == "#!/bin/sh\n");
}

TEST_CASE("text written into a launcher or watcher is not thrown away", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  auto request = request_for(tree);
  request.drivers = {"lxc"};
  install(request);
  append(tree.hooks / "qemu", "echo never run\n");
  append(tree.hooks / "lxc", "echo never run\n");

  CHECK(troubles(uninstall(tree)).size() == 2);
  CHECK_THAT(tree.text("qemu"), ContainsSubstring("never run"));
  CHECK_THAT(tree.text("lxc"), ContainsSubstring("never run"));
  CHECK(fs::exists(tree.hooks / "hookjournal/qemu"));
}

TEST_CASE("words outlive our folder, and uninstall still takes them out", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  const auto before = listing(tree.hooks, DirectoryTimes::ignored);
  install(request_for(tree));
  fs::remove_all(tree.hooks / "hookjournal");
  CHECK(troubles(uninstall(tree)).empty());
  CHECK(listing(tree.hooks, DirectoryTimes::ignored) == before);
}

TEST_CASE("the whole directory may be renamed between install and uninstall", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  fs::rename(tree.hooks, tree.root / "moved");
  tree.hooks = tree.root / "moved";
  CHECK(troubles(install(request_for(tree))).empty());
  CHECK(tree.text("qemu") ==
        words(tree) + "--exec " + (tree.hooks / "hookjournal/qemu").string() + "\n");
  CHECK(troubles(uninstall(tree)).empty());
  CHECK_FALSE(fs::exists(tree.hooks / "hookjournal"));
}

TEST_CASE("where nothing is installed, uninstall touches nothing", "[cli]") {
  HooksFixture tree;
  build_everything(tree);
  const auto before = listing(tree.hooks);
  CHECK(uninstall(tree).empty());
  CHECK(listing(tree.hooks) == before);
}
