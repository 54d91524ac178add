#include <sys/stat.h>
#include <unistd.h>

#include "cli/doctor/check_files.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/doctor/doctor_fixture.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kFine = "#!/bin/sh\nexit 0\n";

uid_t somebody_else() { return ::geteuid() == 65534 ? 65533 : 65534; }

}  // namespace

TEST_CASE("doctor, broken: a main script without execute bit", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine, 0644);
  CHECK(rules_in(tree) == Rules{"not-executable"});
}

TEST_CASE("doctor, broken: a script in a .d without execute bit", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  tree.file("qemu.d/10-bridge", kFine, 0644);
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"not-executable"});
  CHECK(findings.at(0).path == (tree.hooks / "qemu.d/10-bridge").string());
}

TEST_CASE("doctor, not broken: what is there to be read in, or put away",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n. \"${0%/*}/qemu.d/functions\"\n");
  tree.file("qemu.d/functions", kFine, 0644);
  tree.file("qemu.d/README", "text\n", 0644);
  tree.file("qemu.d/10-old.disabled", kFine, 0644);
  tree.file("notes", "text\n", 0644);
  CHECK(rules_in(tree) == Rules{});
}

TEST_CASE("doctor, broken: a script closed to a user's own daemon", "[cli][doctor]") {
  HooksFixture tree;
  fs::permissions(tree.root, fs::perms(0755));
  tree.file("qemu", kFine, 0700);
  auto host = host_with(tree, "virtqemud");
  CHECK(rules_in(tree, host) == Rules{});
  host.daemons[0].user = somebody_else();
  CHECK(rules_in(tree, host) == Rules{"unreadable-to-daemon"});
}

TEST_CASE("doctor, not broken: a user's daemon that sees no hooks at all",
          "[cli][doctor]") {
  HooksFixture tree;  // its root has mode 0700
  tree.file("qemu", kFine, 0700);
  auto host = host_with(tree, "virtqemud");
  host.daemons[0].user = somebody_else();
  CHECK(rules_in(tree, host) == Rules{});
}

TEST_CASE("doctor, broken: no #! line", "[cli][doctor]") {
  const auto rules = rules_of_script("echo started >>/var/log/hooks.log\n");
  CHECK(rules == Rules{"no-interpreter-line"});
}

TEST_CASE("doctor, broken: an empty script", "[cli][doctor]") {
  CHECK(rules_of_script("") == Rules{"no-interpreter-line"});
}

TEST_CASE("doctor, broken: a #! below a blank line", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "\n#!/bin/sh\nexit 0\n");
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"late-interpreter-line"});
  CHECK(findings.at(0).line == 2);
}

TEST_CASE("doctor, broken: a #! behind a byte order mark", "[cli][doctor]") {
  CHECK(rules_of_script("\xef\xbb\xbf#!/bin/sh\nexit 0\n") ==
        Rules{"late-interpreter-line"});
}

TEST_CASE("doctor, broken: a #! line with a carriage return", "[cli][doctor]") {
  CHECK(rules_of_script("#!/bin/bash\r\nexit 0\r\n") == Rules{"crlf-interpreter-line"});
}

TEST_CASE("doctor, not broken: carriage returns within a text", "[cli][doctor]") {
  CHECK(rules_of_script("#!/bin/sh\ntr -d '\r' </dev/null >/dev/null\n") == Rules{});
}

TEST_CASE("doctor, broken: an interpreter that is not there", "[cli][doctor]") {
  CHECK(rules_of_script("#!/usr/bin/no-such-shell\nexit 0\n") ==
        Rules{"interpreter-missing"});
}

TEST_CASE("doctor, broken: env is to find what is in no PATH", "[cli][doctor]") {
  CHECK(rules_of_script("#!/usr/bin/env no-such-shell\n") ==
        Rules{"interpreter-missing"});
  CHECK(rules_of_script("#!/usr/bin/env bash -e\n") == Rules{"interpreter-missing"});
  CHECK(rules_of_script("#!/usr/bin/env bash\n") == Rules{});
  CHECK(rules_of_script("#!/usr/bin/env -S bash -e\n") == Rules{});
}

TEST_CASE("doctor, broken: the scripts' file system is mounted noexec", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  auto host = calm_host();
  host.on_noexec = [&](const fs::path& path) {
    return path.string().starts_with(tree.hooks.string());
  };
  CHECK(rules_in(tree, host) == Rules{"noexec-mount"});
}

TEST_CASE("doctor, broken: the interpreter's file system is mounted noexec",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  auto host = calm_host();
  host.on_noexec = [](const fs::path& path) { return path == "/bin/sh"; };
  const auto findings = findings_in(tree, host);
  CHECK(rules_of(findings) == Rules{"noexec-mount"});
  CHECK(findings.at(0).line == 1);
}

TEST_CASE("doctor, broken: a file called qemu.d", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  tree.file("qemu.d", kFine, 0644);
  CHECK(rules_in(tree) == Rules{"file-named-like-directory"});
}

TEST_CASE("doctor, not broken: files that are called like no driver", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  tree.file("helpers.d", kFine);
  tree.link("lxc.d", "nowhere");  // as good as absent
  CHECK(rules_in(tree) == Rules{});
}

TEST_CASE("doctor, broken: a .d that a user's daemon may not read", "[cli][doctor]") {
  HooksFixture tree;
  fs::permissions(tree.root, fs::perms(0755));
  tree.file("qemu", kFine);
  fs::create_directory(tree.hooks / "qemu.d");
  fs::permissions(tree.hooks / "qemu.d", fs::perms(0700));
  auto host = host_with(tree, "libvirtd");
  CHECK(rules_in(tree, host) == Rules{});
  host.daemons[0].user = somebody_else();
  CHECK(rules_in(tree, host) == Rules{"unreadable-directory"});
}

TEST_CASE("doctor, broken: a .d that leads round in a circle", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  tree.link("qemu.d", "qemu.d");
  CHECK(rules_in(tree) == Rules{"unreadable-directory"});
}

TEST_CASE("doctor, broken: backups and editors' files that libvirt runs",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu.d/10-bridge", kFine);
  for (const char* name : {"10-bridge~", "10-bridge.bak", "10-bridge.dpkg-old",
                           "10-bridge.rpmsave", ".10-bridge.swp", "#10-bridge#"})
    tree.file(std::string("qemu.d/") + name, kFine);
  CHECK(rules_in(tree) == Rules(6, "backup-file-runs"));
}

TEST_CASE("doctor, not broken: backups that libvirt does not run", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  tree.file("qemu~", kFine);  // beside it, not in a .d
  tree.file("qemu.bak", kFine);
  tree.file("qemu.d/10-bridge", kFine);
  tree.file("qemu.d/10-bridge~", kFine, 0644);
  tree.file("qemu.d/20-backup", kFine);
  CHECK(rules_in(tree) == Rules{});
}

TEST_CASE("doctor, broken: a script that everybody may write", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine, 0757);
  CHECK(rules_in(tree, host_with(tree, "virtqemud")) == Rules{"writable-by-others"});
}

TEST_CASE("doctor, broken: a directory that everybody may write", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu.d/10-bridge", kFine);
  fs::permissions(tree.hooks / "qemu.d", fs::perms(0777));
  const auto findings = findings_in(tree, host_with(tree, "virtqemud"));
  CHECK(rules_of(findings) == Rules{"writable-by-others"});
  CHECK(findings.at(0).path == (tree.hooks / "qemu.d").string());
}

TEST_CASE("doctor, broken: a link to a script of somebody else", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("../home/qemu", kFine, 0777);
  tree.link("qemu", "../home/qemu");
  const auto findings = findings_in(tree, host_with(tree, "virtqemud"));
  CHECK(rules_of(findings) == Rules{"writable-by-others"});
  CHECK(findings.at(0).path == (tree.hooks / "qemu").string());
}

TEST_CASE("doctor, broken: a script that belongs to a user", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  auto host = host_with(tree, "virtqemud");
  host.trusted = {12345};
  const auto rules = rules_in(tree, host);
  CHECK(rules == Rules{"writable-by-others", "writable-by-others"});  // and its folder
}

TEST_CASE("doctor, not broken: what root's own group may write", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine, 0775);
  if (::chown((tree.hooks / "qemu").c_str(), static_cast<uid_t>(-1), 0) == 0)
    CHECK(rules_in(tree, host_with(tree, "virtqemud")) == Rules{});
}

TEST_CASE("doctor, not broken: a copy of one's own that no daemon reads",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine, 0777);
  CHECK(rules_in(tree) == Rules{});
}

TEST_CASE("doctor, broken: a script this user may not read", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", kFine);
  HookTree seen = look_at(tree.hooks, {"qemu"});
  std::vector<Finding> findings;
  check_names(seen, seen_scripts(seen), findings);
  CHECK(rules_of(findings) == Rules{});
  seen.drivers[0].scripts[0].trouble = "cannot read it: Permission denied";
  check_names(seen, seen_scripts(seen), findings);
  CHECK(rules_of(findings) == Rules{"not-examined"});
}
