#include "cli/install/install_notes.h"

#include <fstream>

#include "engine/config.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> notes(const HooksFixture& tree, const std::string& recorder) {
  const HookTree before = look_at(tree.hooks, drivers_with({}));
  return install_notes(before, install(request_for(tree)), recorder, tree.root);
}

void enable_apparmor(const HooksFixture& tree) {
  fs::create_directories(tree.root / "sys/module/apparmor/parameters");
  fs::create_directories(tree.root / "etc/apparmor.d");
  std::ofstream(tree.root / "sys/module/apparmor/parameters/enabled") << "Y\n";
  std::ofstream(tree.root / "etc/apparmor.d/usr.sbin.libvirtd") << "profile\n";
}

}  // namespace

TEST_CASE("a driver's name that is a slip of the pen is told, with the one meant",
          "[cli]") {
  const auto notes = unknown_driver_notes({"lcx", "qemu", "cloud-hypervisor"});
  REQUIRE(notes.size() == 2);
  CHECK_THAT(notes[0], ContainsSubstring("called lcx"));
  CHECK_THAT(notes[0], ContainsSubstring("did you mean lxc?"));
  CHECK_THAT(notes[1], !ContainsSubstring("did you mean"));
}

TEST_CASE("an ordinary host gets no notes", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  CHECK(notes(tree, "/usr/bin/hookjournal-hook").empty());
}

TEST_CASE("under AppArmor install tells that recorded hooks run unconfined", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  enable_apparmor(tree);
  const auto told = notes(tree, "/usr/bin/hookjournal-hook");
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0], ContainsSubstring("unconfined"));
  CHECK(notes(tree, "/opt/hookjournal/hookjournal-hook").size() == 2);
}

TEST_CASE("a script with several names becomes a file of its own, and that is told",
          "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  fs::create_hard_link(tree.hooks / "qemu", tree.root / "other-name");
  const auto told = notes(tree, "/usr/bin/hookjournal-hook");
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0], ContainsSubstring("hard links"));
}

TEST_CASE("installing while disabled is told", "[cli]") {
  HooksFixture tree;
  fs::create_directories(tree.hooks / "hookjournal");
  std::ofstream(disabled_path(tree.hooks)).flush();
  CHECK(notes(tree, "/usr/bin/hookjournal-hook").size() == 1);
}
