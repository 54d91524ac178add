#include "cli/install/daemons.h"

#include <unistd.h>

#include <fstream>

#include "cli/install/reload.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kBoot = 1'700'000'000;

// A /proc as the kernel writes it, as far as it is read.
class FakeProc {
 public:
  explicit FakeProc(fs::path folder) : path(std::move(folder)) {
    fs::create_directories(path / "self");
    std::ofstream(path / "stat") << "cpu  1 2 3\nbtime " << kBoot << "\nprocesses 9\n";
  }
  void process(int pid, const std::string& name, std::uint64_t seconds_after_boot,
               const std::string& pids) {
    const fs::path folder = path / std::to_string(pid);
    fs::create_directories(folder);
    std::ofstream(folder / "comm") << name << "\n";
    std::ofstream(folder / "status") << "Name:\t" << name << "\nNSpid:\t" << pids << "\n";
    std::ofstream(folder / "stat")
        << pid << " (" << name << ") S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 17 0 "
        << seconds_after_boot * static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK))
        << " 1234 567\n";
  }
  fs::path path;
};

HookTree tree_of(const HooksFixture& hooks) {
  return look_at(hooks.hooks, drivers_with({}));
}

KnowsDriver nobody() {
  return [](const auto&...) { return false; };
}

}  // namespace

TEST_CASE("libvirt's daemons are found with the time they started", "[cli]") {
  HooksFixture folder;
  FakeProc proc(folder.root / "proc");
  proc.process(812, "virtqemud", 100, "812");
  proc.process(7, "libvirtd", 50, "7");
  proc.process(900, "bash", 100, "900");
  proc.process(901, "odd) 1 2 (name", 100, "901");

  const auto found = running_daemons(proc.path);

  const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  REQUIRE(found.size() == 2);
  CHECK(found[0] == Daemon{"libvirtd", 7, 50 * ticks, kBoot + 50});
  CHECK(found[1] == Daemon{"virtqemud", 812, 100 * ticks, kBoot + 100});
}

TEST_CASE("a container's libvirtd is not this host's", "[cli]") {
  HooksFixture folder;
  FakeProc proc(folder.root / "proc");
  proc.process(812, "libvirtd", 100, "812\t1");
  CHECK(running_daemons(proc.path).empty());
}

TEST_CASE("libvirtd calls every driver's hooks, a modular daemon its own and `daemon`",
          "[cli]") {
  CHECK(serves("libvirtd", "qemu"));
  CHECK(serves("libvirtd", "kvmtool"));
  CHECK(serves("virtqemud", "qemu"));
  CHECK(serves("virtqemud", "daemon"));
  CHECK_FALSE(serves("virtqemud", "network"));
  CHECK(serves("virtnetworkd", "network"));
  CHECK(serves("virtxend", "libxl"));
  CHECK(serves("virtlxcd", "lxc"));
  CHECK(serves("virtproxyd", "daemon"));
  CHECK_FALSE(serves("virtproxyd", "qemu"));
  CHECK_FALSE(serves("virtlogd", "daemon"));
  CHECK_FALSE(serves("bash", "daemon"));
}

TEST_CASE("a daemon older than a driver's first script needs a reload", "[cli]") {
  HooksFixture hooks;
  hooks.file("qemu", "#!/bin/sh\n");
  const Daemon old{"virtqemud", 812, 1, 1000};
  const auto needed = reloads_needed(tree_of(hooks), {}, {old}, nobody());
  REQUIRE(needed.size() == 1);
  CHECK(needed[0].driver == "qemu");
  CHECK_THAT(reload_text(needed[0]), ContainsSubstring("systemctl reload virtqemud"));
}

TEST_CASE("no reload for what the daemon has seen, or does not call", "[cli]") {
  HooksFixture hooks;
  hooks.file("qemu", "#!/bin/sh\n");
  const std::int64_t later = std::time(nullptr) + 100;
  const Daemon newer{"virtqemud", 812, 1, later};
  const Daemon old{"virtqemud", 812, 1, 1000};
  const Daemon other{"virtnetworkd", 813, 1, 1000};
  CHECK(reloads_needed(tree_of(hooks), {}, {newer, other}, nobody()).empty());
  CHECK(reloads_needed(tree_of(hooks), {}, {old}, [](const auto&...) {
          return true;
        }).empty());
}

TEST_CASE("rewritten by install, a script is as old as before", "[cli]") {
  HooksFixture hooks;
  hooks.file("qemu", "#!/bin/sh\n");
  const std::int64_t first = status_of(hooks.hooks / "qemu").st_ctim.tv_sec;
  install(request_for(hooks));
  ::sleep(1);
  fs::permissions(hooks.hooks / "qemu", fs::perms(0750));  // renews the change time
  install(request_for(hooks));
  CHECK(load_state(hooks.hooks).since.at("qemu") == first);
  const Daemon since_then{"virtqemud", 812, 1, first};
  CHECK(reloads_needed(tree_of(hooks), load_state(hooks.hooks), {since_then}, nobody())
            .empty());
}
