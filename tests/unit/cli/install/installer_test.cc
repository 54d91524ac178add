#include "cli/install/installer.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "cli/install/uninstaller.h"
#include "engine/error.h"
#include "engine/libvirt_message.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

TEST_CASE("install then uninstall gives back the same tree, whatever it looks like",
          "[cli]") {
  const auto& shape = GENERATE(from_range(kShapes, kShapes + kShapeCount));
  CAPTURE(shape.name);
  HooksFixture tree;
  shape.build(tree);
  const auto before = listing(tree.hooks);
  const auto seen = as_libvirt_sees(tree.hooks);

  install(request_for(tree));
  CHECK(as_libvirt_sees(tree.hooks) == seen);

  CHECK(troubles(uninstall(tree)).empty());
  CHECK(listing(tree.hooks) == before);
}

TEST_CASE("installing a second time changes nothing", "[cli]") {
  const auto& shape = GENERATE(from_range(kShapes, kShapes + kShapeCount));
  CAPTURE(shape.name);
  HooksFixture tree;
  shape.build(tree);
  install(request_for(tree));
  const auto installed = listing(tree.hooks);

  const auto changes = install(request_for(tree));

  CHECK(std::all_of(changes.begin(), changes.end(),
                    [](const auto& change) { return change.change == Change::none; }));
  CHECK(listing(tree.hooks) == installed);
}

TEST_CASE("the words go between #! and the interpreter, all else stays", "[cli]") {
  HooksFixture tree;
  const std::string line = GENERATE("/bin/sh -e\n", "/usr/bin/env python3\n",
                                    "/usr/bin/perl -w\n", "/bin/bash\r\n");
  tree.file("qemu", "#!" + line + "body \1\n");
  install(request_for(tree));
  CHECK(tree.text("qemu") == "#!" + tree.recorder.string() + " " + line + "body \1\n");
}

TEST_CASE("helpers, configuration and a dispatcher's leaves are not touched", "[cli]") {
  HooksFixture tree;
  build_dispatcher(tree);
  tree.file("notify", "#!/bin/sh\n");
  tree.file("vm.conf", "name=win10\n", 0644);
  const auto untouched = {tree.text("notify"), tree.text("vm.conf"),
                          tree.text("qemu.d/win10/prepare/begin/start.sh")};
  install(request_for(tree));
  CHECK(std::vector(untouched) ==
        std::vector{tree.text("notify"), tree.text("vm.conf"),
                    tree.text("qemu.d/win10/prepare/begin/start.sh")});
}

TEST_CASE("a name libvirt does not know is a driver when it is given", "[cli]") {
  HooksFixture tree;
  tree.file("kvmtool", "#!/bin/sh\n");
  tree.file("kvmtool.d/10-x", "#!/bin/sh\n");
  auto request = request_for(tree);
  request.drivers = {"kvmtool"};
  install(request);
  CHECK(tree.text("kvmtool").starts_with(words(tree)));
  CHECK(tree.text("kvmtool.d/10-x").starts_with(words(tree)));

  tree.file("kvmtool.d/20-y", "#!/bin/sh\n");
  install(request_for(tree));  // it is remembered
  CHECK(tree.text("kvmtool.d/20-y").starts_with(words(tree)));
}

TEST_CASE("a driver without a script is watched on request only", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  const auto before = listing(tree.hooks);
  auto request = request_for(tree);
  request.drivers = {"lxc"};

  install(request);
  CHECK(tree.text("lxc") == "#!" + tree.recorder.string() + " --watch\n");
  CHECK(fs::status(tree.hooks / "lxc").permissions() == fs::perms(0755));
  CHECK_FALSE(fs::exists(tree.hooks / "libxl"));

  CHECK(troubles(uninstall(tree)).empty());
  CHECK(listing(tree.hooks) == before);
}

TEST_CASE("a program and a link get a launcher that names the original", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  tree.link("qemu.d/link", "/bin/false");
  install(request_for(tree));
  CHECK(tree.text("qemu") ==
        words(tree) + "--exec " + (tree.hooks / "hookjournal/qemu").string() + "\n");
  CHECK(tree.text("qemu.d/link") ==
        words(tree) + "--exec " + (tree.hooks / "hookjournal/qemu.d/link").string() +
            "\n");
  CHECK(fs::read_symlink(tree.hooks / "hookjournal/qemu.d/link") == "/bin/false");
}

TEST_CASE("an interpreter that finds the launcher in a script's place runs the script",
          "[cli]") {
  struct Row {
    const char* interpreter;
    const char* text;
  };
  const Row rows[] = {
      {"/bin/sh", "echo \"$# $2\" >\"$1\"\n"},
      {"/bin/bash", "echo \"$# $2\" >\"$1\"\n"},
      {"/usr/bin/python3",
       "import sys\n"
       "print(len(sys.argv) - 1, sys.argv[2], file=open(sys.argv[1], 'w'))\n"}};
  for (const Row& row : rows) {
    CAPTURE(row.interpreter);
    HooksFixture tree;
    tree.file("lib/it's main", std::string("#!") + row.interpreter + "\n" + row.text);
    tree.link("qemu", "lib/it's main");
    install(request_for(tree));
    const fs::path seen = tree.hooks / "seen";

    // As the kernel had begun to call it, before the launcher was there.
    const std::string call = std::string(row.interpreter) + " " +
                             shell_quoted((tree.hooks / "qemu").native()) + " " +
                             shell_quoted(seen.native()) + " 'two words'";
    CHECK(std::system(call.c_str()) == 0);
    CHECK(tree.text("seen") == "2 two words\n");
  }
}

TEST_CASE("a first line that would pass 255 bytes is launched", "[cli]") {
  HooksFixture tree;
  const std::string script = "#!/bin/sh " + std::string(240, 'x') + "\n";
  tree.file("qemu", script);
  install(request_for(tree));
  CHECK(tree.text("qemu").starts_with(words(tree) + "--exec "));
  CHECK(tree.text("hookjournal/qemu") == script);
}

TEST_CASE("a relative link still leads to its file from our folder", "[cli]") {
  HooksFixture tree;
  tree.file("lib/main.sh", "#!/bin/sh\nexit 7\n");
  tree.link("qemu", "lib/main.sh");
  tree.link("qemu.d/10-x", "../lib/main.sh");
  tree.file("qemu.d/guest/start.sh", "#!/bin/sh\n");
  tree.link("qemu.d/20-y", "guest/start.sh");
  install(request_for(tree));
  const auto target = fs::canonical(tree.hooks / "lib/main.sh");
  CHECK(fs::canonical(tree.hooks / "hookjournal/qemu") == target);
  CHECK(fs::canonical(tree.hooks / "hookjournal/qemu.d/10-x") == target);
  CHECK(fs::canonical(tree.hooks / "hookjournal/qemu.d/20-y") ==
        fs::canonical(tree.hooks / "qemu.d/guest/start.sh"));
}

TEST_CASE("a link to a recorded script is left alone: the script records both ways",
          "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.link("qemu.d/again", "../qemu");
  tree.link("lxc", "qemu");
  install(request_for(tree));
  CHECK(fs::read_symlink(tree.hooks / "qemu.d/again") == "../qemu");
  CHECK(fs::read_symlink(tree.hooks / "lxc") == "qemu");
  CHECK(tree.text("qemu").starts_with(words(tree)));
}

TEST_CASE("a file that names no interpreter is left alone and reported", "[cli]") {
  HooksFixture tree;
  const std::string text = GENERATE("echo hello\n", "", "#!\necho\n", "#! \t\n");
  tree.file("qemu", text);
  const auto changes = install(request_for(tree));
  CHECK(tree.text("qemu") == text);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].change == Change::none);
  CHECK_THAT(changes[0].note, ContainsSubstring("no interpreter"));
}

TEST_CASE("a launched script that finds files beside itself is asked about first",
          "[cli]") {
  HooksFixture tree;
  fs::create_directories(tree.root / "repo");
  fs::rename(
      [&] {
        tree.file("dispatch", "#!/bin/sh\n. \"$(dirname \"$0\")/lib.sh\"\n");
        return tree.hooks / "dispatch";
      }(),
      tree.root / "repo/dispatch");
  tree.link("qemu", "../repo/dispatch");
  auto request = request_for(tree);

  CHECK(troubles(install(request)).size() == 1);
  CHECK(fs::read_symlink(tree.hooks / "qemu") == "../repo/dispatch");

  request.launch = {"qemu"};
  CHECK(troubles(install(request)).empty());
  CHECK(tree.text("qemu").starts_with(words(tree) + "--exec "));
}

TEST_CASE("a linked .d directory is not written into", "[cli]") {
  HooksFixture tree;
  tree.file("../elsewhere/10-x", "#!/bin/sh\n");
  tree.link("qemu.d", "../elsewhere");
  const auto before = listing(tree.root / "elsewhere");
  CHECK(troubles(install(request_for(tree))).size() == 1);
  CHECK(listing(tree.root / "elsewhere") == before);
}

TEST_CASE("words of another recorder get the new path", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/opt/old/hookjournal-hook /bin/sh -e\n");
  tree.copy("qemu.d/10-x", "/bin/true");
  tree.file("lxc", "#!/opt/old/hookjournal-hook --watch\n");
  auto old = request_for(tree);
  install(old);
  fs::create_directories(tree.root / "new");
  fs::copy_file(tree.recorder, tree.root / "new/hookjournal-hook");
  tree.recorder = tree.root / "new/hookjournal-hook";

  install(request_for(tree));
  CHECK(tree.text("qemu") == words(tree) + "/bin/sh -e\n");
  CHECK(tree.text("lxc") == words(tree) + "--watch\n");
  CHECK(tree.text("qemu.d/10-x").starts_with(words(tree) + "--exec "));
}

TEST_CASE("owner, mode, times, ACLs and labels come through install", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n", 0750);
  build_attributes(tree, "qemu");
  const auto before = listing(tree.hooks / "..");
  const Attributes attributes = attributes_of(tree.hooks / "qemu");

  install(request_for(tree));

  const Attributes after = attributes_of(tree.hooks / "qemu");
  CHECK(after.extended == attributes.extended);
  CHECK(after.mode == attributes.mode);
  CHECK(after.owner == attributes.owner);
  CHECK(after.group == attributes.group);
  CHECK(after.modified.tv_sec == attributes.modified.tv_sec);
  CHECK(after.modified.tv_nsec == attributes.modified.tv_nsec);
  CHECK(after.accessed.tv_sec == attributes.accessed.tv_sec);
  CHECK(after.accessed.tv_nsec == attributes.accessed.tv_nsec);
}

TEST_CASE("an ACL our folder would hand down does not stick to scripts", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n", 0755);
  if (!set_acl(tree.hooks, "system.posix_acl_default")) return;
  const auto before = listing(tree.hooks);
  install(request_for(tree));
  CHECK(attributes_of(tree.hooks / "qemu").extended.empty());
  uninstall(tree);
  CHECK(listing(tree.hooks) == before);
}

TEST_CASE("a program's capabilities stay with it, its launcher has none", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  // Version 2, effective: cap_net_admin.
  const char value[] = "\1\0\0\2\0\20\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
  const std::string path = tree.hooks / "qemu";
  if (::setxattr(path.c_str(), "security.capability", value, 20, 0) != 0) {
    WARN("NOT TESTED: capabilities of files need root");
    return;
  }
  const auto before = attributes_of(path).extended;
  install(request_for(tree));
  CHECK(attributes_of(path).extended.empty());
  CHECK(attributes_of(tree.hooks / "hookjournal/qemu").extended == before);
}

TEST_CASE("what a script must not lose is in place before libvirt can see it", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  std::vector<std::string> steps;
  FileOps ops;
  ops.before_step = [&](const std::string& step) { steps.push_back(step); };
  Installer(ops, request_for(tree)).install([](OurFolder&) {});

  const auto position = [&](const std::string& start) {
    return std::find_if(steps.begin(), steps.end(),
                        [&](const auto& step) { return step.starts_with(start); }) -
           steps.begin();
  };
  const std::string place = (tree.hooks / "qemu").string();
  const std::string folder = (tree.hooks / "hookjournal").string();
  const auto linked = position("link " + place);
  const auto replaced =
      std::find_if(steps.begin(), steps.end(),
                   [&](const auto& step) { return step.ends_with(" to " + place); }) -
      steps.begin();
  const auto synced =
      std::find(steps.begin() + linked, steps.end(), "sync " + folder) - steps.begin();
  CHECK(linked < synced);
  CHECK(synced < replaced);
  CHECK(replaced < static_cast<std::ptrdiff_t>(steps.size()));
}

TEST_CASE("a script edited while install copies it keeps the edit", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  FileOps ops;
  // The second copy that is made ready; the first is a file of ours.
  ops.before_step = [&](const std::string& step) {
    if (step.starts_with("set attributes") && step.ends_with("staged/2"))
      std::ofstream(tree.hooks / "qemu") << "#!/bin/bash\n";
  };
  const auto found =
      troubles(Installer(ops, request_for(tree)).install([](OurFolder&) {}));
  REQUIRE(found.size() == 1);
  CHECK_THAT(found[0].note, ContainsSubstring("changed it just now"));
  CHECK(tree.text("qemu") == "#!/bin/bash\n");
}

TEST_CASE("a .d on another file system cannot be changed in one instant", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("qemu.d/10-x", "#!/bin/sh\n");
  const pid_t child = ::fork();  // with mounts of its own
  if (child == 0) {
    const fs::path directory = tree.hooks / "qemu.d";
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", directory.c_str(), "tmpfs", 0, nullptr) != 0)
      ::_exit(2);
    tree.file("qemu.d/20-y", "#!/bin/sh\n");
    const auto found = troubles(install(request_for(tree)));
    ::_exit(found.size() == 1 && found[0].script == "qemu.d/20-y" &&
                    tree.text("qemu.d/20-y") == "#!/bin/sh\n" &&
                    tree.text("qemu").starts_with(words(tree))
                ? 0
                : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
    WARN("NOT TESTED: mounting a tmpfs needs root");
    return;
  }
  CHECK(status == 0);
}

TEST_CASE("two installs at once: the second says so and touches nothing", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  FileOps ops;
  const OurFolder working(ops, tree.hooks);
  CHECK_THROWS_WITH(install(request_for(tree)), ContainsSubstring("another"));
  CHECK(tree.text("qemu") == "#!/bin/sh\n");
}

TEST_CASE("a plan changes nothing", "[cli]") {
  HooksFixture tree;
  build_everything(tree);
  const auto before = listing(tree.hooks);
  FileOps ops;
  CHECK_FALSE(Installer(ops, request_for(tree)).plan().empty());
  CHECK(Uninstaller(ops, tree.hooks).plan().empty());
  CHECK(listing(tree.hooks) == before);
}
