#include <algorithm>

#include "cli/install/installer.h"
#include "cli/install/uninstaller.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

// Not an Error: like a power cut, nothing in the code under test can answer to it.
struct PowerCut {};

// Lets `steps` steps happen and stops before the next. False when it came to its end.
template <class Operation>
bool cut_short(int steps, Operation operation) {
  FileOps ops;
  ops.before_step = [&](const std::string&) {
    if (steps-- == 0) throw PowerCut{};
  };
  try {
    operation(ops);
    return false;
  } catch (const PowerCut&) {
    return true;
  }
}

// tmpfs where there is one: thousands of fsyncs that prove nothing here cost minutes.
fs::path quick_place() { return fs::exists("/dev/shm") ? "/dev/shm" : "/tmp"; }

struct InterruptedTree : HooksFixture {
  InterruptedTree() : HooksFixture(quick_place()) {
    build_everything(*this);
    before = listing(hooks, DirectoryTimes::ignored);
    seen = as_libvirt_sees(hooks);
    request.hooks_dir = hooks;
    request.recorder = recorder;
  }
  bool install_cut_short(int steps) {
    return cut_short(
        steps, [&](FileOps& ops) { Installer(ops, request).install([](OurFolder&) {}); });
  }
  bool uninstall_cut_short(int steps) {
    return cut_short(
        steps, [&](FileOps& ops) { Uninstaller(ops, hooks, kNoGrace).uninstall(); });
  }
  // How install leaves it, but for the time of its own files.
  std::vector<std::string> installed() const {
    auto lines = listing(hooks, DirectoryTimes::ignored);
    std::erase_if(lines, [](const auto& line) {
      return line.starts_with("hookjournal/installed.json");
    });
    return lines;
  }

  InstallRequest request;
  std::vector<std::string> before, seen;
};

}  // namespace

TEST_CASE("install stopped at any step: libvirt sees all, a second install finishes it",
          "[cli]") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    InterruptedTree tree;
    stopped = tree.install_cut_short(steps);
    CAPTURE(steps);
    REQUIRE(as_libvirt_sees(tree.hooks) == tree.seen);
    REQUIRE(troubles(install(tree.request)).empty());
    REQUIRE(as_libvirt_sees(tree.hooks) == tree.seen);
    REQUIRE(tree.text("qemu.d/20-program").starts_with(words(tree) + "--exec "));
    REQUIRE_FALSE(fs::exists(tree.hooks / "hookjournal/staged"));
    REQUIRE(troubles(uninstall(tree)).empty());
    REQUIRE(listing(tree.hooks, DirectoryTimes::ignored) == tree.before);
  }
  CHECK(steps > 30);
}

TEST_CASE("install stopped at any step: uninstall takes it all back", "[cli]") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    InterruptedTree tree;
    stopped = tree.install_cut_short(steps);
    CAPTURE(steps);
    REQUIRE(troubles(uninstall(tree)).empty());
    REQUIRE(listing(tree.hooks, DirectoryTimes::ignored) == tree.before);
  }
  CHECK(steps > 30);
}

TEST_CASE("uninstall stopped at any step: libvirt sees all, a second one finishes it",
          "[cli]") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    InterruptedTree tree;
    install(tree.request);
    stopped = tree.uninstall_cut_short(steps);
    CAPTURE(steps);
    REQUIRE(as_libvirt_sees(tree.hooks) == tree.seen);
    REQUIRE(troubles(uninstall(tree)).empty());
    REQUIRE(listing(tree.hooks, DirectoryTimes::ignored) == tree.before);
  }
  CHECK(steps > 30);
}

TEST_CASE("uninstall stopped at any step: install puts it all in again", "[cli]") {
  int steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    InterruptedTree tree;
    install(tree.request);
    const auto entries = tree.installed().size();
    stopped = tree.uninstall_cut_short(steps);
    CAPTURE(steps);
    REQUIRE(troubles(install(tree.request)).empty());
    REQUIRE(as_libvirt_sees(tree.hooks) == tree.seen);
    REQUIRE(tree.installed().size() == entries);
    REQUIRE(troubles(uninstall(tree)).empty());
    REQUIRE(listing(tree.hooks, DirectoryTimes::ignored) == tree.before);
  }
  CHECK(steps > 30);
}

TEST_CASE("stopped twice in a row at any two steps, it still comes out whole", "[cli]") {
  int steps = 0;
  for (bool stopped = true; stopped; steps += 7) {
    InterruptedTree tree;
    stopped = tree.install_cut_short(steps);
    CAPTURE(steps);
    tree.uninstall_cut_short(steps / 2);
    tree.install_cut_short(steps / 3);
    REQUIRE(as_libvirt_sees(tree.hooks) == tree.seen);
    REQUIRE(troubles(uninstall(tree)).empty());
    REQUIRE(listing(tree.hooks, DirectoryTimes::ignored) == tree.before);
  }
  CHECK(steps > 30);
}
