#include <ctime>

#include "cli/doctor/service_state.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/doctor/doctor_fixture.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kFine = "#!/bin/sh\nexit 0\n";

}  // namespace

TEST_CASE("doctor, broken: a daemon older than the driver's first script",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("network", kFine);
  auto host = host_with(tree, "virtnetworkd");
  CHECK(rules_in(tree, host) == Rules{});
  host.daemons[0].daemon.started = 1000;
  const auto findings = findings_in(tree, host);
  CHECK(rules_of(findings) == Rules{"reload-needed"});
  CHECK(findings.at(0).remedy == "systemctl reload virtnetworkd");
}

TEST_CASE("doctor, not broken: an old daemon of another driver or another directory",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("network", kFine);
  auto host = host_with(tree, "virtqemud");
  host.daemons[0].daemon.started = 1000;
  CHECK(rules_in(tree, host) == Rules{});
  host = host_with(tree, "virtnetworkd");
  host.daemons[0].daemon.started = 1000;
  host.daemons[0].looks_in = "/usr/local/etc/libvirt/hooks";
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor, not broken: an old daemon that was reloaded since", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("network", kFine);
  auto host = host_with(tree, "virtnetworkd");
  host.daemons[0].daemon.started = 1000;
  host.daemons[0].reloaded = 2000;
  CHECK(rules_in(tree, host) == Rules{"reload-needed"});
  host.daemons[0].reloaded = std::time(nullptr) + 100;
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor: the last reload as systemd tells it", "[cli][doctor]") {
  const std::string told = "MainPID=812\nStateChangeTimestampMonotonic=90000000\n";
  CHECK(state_change_in(told, 812, 1'700'000'000, 100'000'000) == 1'699'999'990);
  CHECK(state_change_in(told, 813, 1'700'000'000, 100'000'000) == 0);
  CHECK(state_change_in("", 812, 1'700'000'000, 100'000'000) == 0);
  CHECK(state_change_in("MainPID=812\nStateChangeTimestampMonotonic=\n", 812,
                        1'700'000'000, 100'000'000) == 0);
}

TEST_CASE("doctor, broken: a user's daemon is told by a signal", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  auto host = host_with(tree, "virtqemud");
  host.daemons[0].daemon.started = 1000;
  host.daemons[0].user = 65534;
  CHECK(findings_in(tree, host).at(0).remedy == "kill -HUP 812");
}

TEST_CASE("doctor, broken: the daemon looks elsewhere", "[cli][doctor]") {
  HooksFixture tree;
  tree.hooks = tree.root / "libvirt/hooks";
  tree.file("qemu", kFine);
  auto host = host_with(tree, "virtqemud");
  CHECK(rules_in(tree, host) == Rules{});
  host.daemons[0].looks_in = "/usr/local/etc/libvirt/hooks";
  const auto findings = findings_in(tree, host);
  CHECK(rules_of(findings) == Rules{"hooks-directory-elsewhere"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("/usr/local/etc/libvirt/hooks"));
}

TEST_CASE("doctor, not broken: the daemon looks here by a link", "[cli][doctor]") {
  HooksFixture tree;
  tree.hooks = tree.root / "libvirt/hooks";
  tree.file("qemu", kFine);
  auto host = host_with(tree, "virtqemud");
  fs::create_symlink(tree.root / "libvirt", tree.root / "var");
  host.daemons[0].looks_in = tree.root / "var/hooks";
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor, broken: AppArmor does not let a linked script be executed",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("../home/qemu", kFine);
  tree.link("qemu", "../home/qemu");
  auto host = host_with(tree, "libvirtd");
  CHECK(rules_in(tree, host) == Rules{});
  host.daemons[0].apparmor = "libvirtd";
  CHECK(rules_in(tree, host) == Rules{"apparmor-denies-script"});
}

TEST_CASE("doctor, not broken: AppArmor with rules of the administrator's own",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  auto host = host_with(tree, "libvirtd");
  host.daemons[0].apparmor = "libvirtd";
  host.apparmor_local = "  " + tree.hooks.string() + "/** rmix,\n";
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor, broken: AppArmor does not let a script run a program",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("../opt/tool", kFine);
  const std::string tool = tree.root / "opt/tool";
  tree.file("qemu", "#!/bin/sh\n# " + tool + "\n/bin/true\n" + tool + " \"$@\"\n");
  auto host = host_with(tree, "libvirtd");
  host.apparmor_local = "  " + tree.hooks.string() + "/** rmix,\n";
  CHECK(rules_in(tree, host) == Rules{});
  host.daemons[0].apparmor = "libvirtd";
  const auto findings = findings_in(tree, host);
  CHECK(rules_of(findings) == Rules{"apparmor-denies-program"});
  CHECK(findings.at(0).line == 4);
}

TEST_CASE("doctor, broken: SELinux does not let a file from a home be executed",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  auto host = host_with(tree, "virtqemud");
  host.daemons[0].selinux = "virtqemud_t";
  host.selinux_type = [](const auto&) { return "user_home_t"; };
  CHECK(rules_in(tree, host) == Rules{});  // permissive
  host.selinux_enforcing = true;
  CHECK(rules_in(tree, host) == Rules{"selinux-label"});
}

TEST_CASE("doctor, broken: SELinux lets no hook run as its boolean is off",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("network", kFine);
  auto host = host_with(tree, "virtnetworkd");
  host.daemons[0].selinux = "virtnetworkd_t";
  host.selinux_type = [](const auto&) { return "virt_hook_t"; };
  host.selinux_enforcing = true;
  CHECK(rules_in(tree, host) == Rules{});  // a policy without the boolean
  host.virt_hooks_unconfined = true;
  CHECK(rules_in(tree, host) == Rules{});
  host.virt_hooks_unconfined = false;
  CHECK(rules_in(tree, host) == Rules{"selinux-boolean-off"});
}

TEST_CASE("doctor, not broken: SELinux and a daemon that is not confined",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  auto host = host_with(tree, "libvirtd");
  host.daemons[0].selinux = "unconfined_service_t";
  host.selinux_type = [](const auto&) { return "user_home_t"; };
  host.selinux_enforcing = true;
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor, broken: a program that the daemon's PATH does not have",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("../tools/vgpu-tool", kFine);
  auto host = host_with(tree, "virtqemud");
  host.other_program_folders = {tree.root / "tools"};
  tree.file("qemu",
            "#!/bin/bash\nsudo -n true\nif ! vgpu-tool --start; then exit 1; fi\n");
  const auto findings = findings_in(tree, host);
  CHECK(rules_of(findings) == Rules{"command-not-in-path"});
  CHECK(findings.at(0).line == 3);
  host.daemons[0].environment = {{"PATH", tree.root / "tools:/usr/bin:/bin"}};
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor, not broken: a PATH of the script's own, or no such program anywhere",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("../tools/vgpu-tool", kFine);
  auto host = calm_host();
  host.other_program_folders = {tree.root / "tools"};
  for (const std::string text :
       {"export PATH=/opt/bin:$PATH\nvgpu-tool\n", "not-installed-here\n",
        "vgpu-tool() { :; }\nvgpu-tool\n", "# vgpu-tool\ntrue 'x; vgpu-tool'\n",
        "command -v vgpu-tool >/dev/null\n"}) {
    CAPTURE(text);
    tree.file("qemu", "#!/bin/bash\n" + text);
    CHECK(rules_in(tree, host) == Rules{});
  }
}
