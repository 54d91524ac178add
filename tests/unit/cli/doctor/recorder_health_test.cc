#include <sys/stat.h>

#include <ctime>
#include <fstream>

#include "engine/config.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/doctor/doctor_fixture.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

// A directory with the recorder in its scripts, and a journal that is well.
class Recorded {
 public:
  Recorded() {
    tree.file("qemu", "#!/bin/sh\nexit 0\n");
    install(request_for(tree));
    journal = tree.root / "journal.db";
    std::ofstream(journal) << "journal";
    fs::permissions(journal, fs::perms(0600));
  }

  RecorderHealth health() const {
    RecorderHealth health;
    health.hooks = look_at_hooks({tree.hooks, tree.recorder, {}, {}});
    health.journal.file = journal;
    health.journal.figures.emplace();
    return health;
  }
  std::vector<Finding> findings(const RecorderHealth& health,
                                const HostFacts& host = calm_host()) const {
    return diagnose({tree.hooks, host, [](const auto&...) { return false; }, health});
  }
  Rules rules(const RecorderHealth& health) const { return rules_of(findings(health)); }

  HooksFixture tree;
  fs::path journal;
};

}  // namespace

TEST_CASE("doctor, recorder: nothing is wrong", "[cli][doctor]") {
  const Recorded host;
  CHECK(host.rules(host.health()) == Rules{});
}

TEST_CASE("doctor, recorder: where nothing is installed, nothing is asked",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  RecorderHealth health;
  health.hooks = look_at_hooks({tree.hooks, tree.recorder, {}, {}});
  health.journal.trouble = "cannot open journal: No such file";
  CHECK(rules_of(diagnose({tree.hooks, calm_host(), {}, health})) == Rules{});
}

TEST_CASE("doctor, recorder: it is missing", "[cli][doctor]") {
  Recorded host;
  fs::remove(host.tree.recorder);
  CHECK(host.rules(host.health()) == Rules{"recorder-broken"});
}

TEST_CASE("doctor, recorder: a script added since is not recorded", "[cli][doctor]") {
  Recorded host;
  host.tree.file("qemu.d/10-new", "#!/bin/sh\n");
  const auto findings = host.findings(host.health());
  CHECK(rules_of(findings) == Rules{"script-not-recorded"});
  CHECK_THAT(findings.at(0).remedy, ContainsSubstring("hookjournal install"));
}

TEST_CASE("doctor, recorder: what libvirt cannot run is one fault, not two",
          "[cli][doctor]") {
  Recorded host;
  host.tree.file("qemu.d/10-new", "text\n");
  CHECK(host.rules(host.health()) == Rules{"no-interpreter-line"});
}

TEST_CASE("doctor, recorder: disabled is worth a note, and nothing to do",
          "[cli][doctor]") {
  Recorded host;
  std::ofstream(disabled_path(host.tree.hooks)).flush();
  const auto findings = host.findings(host.health());
  CHECK(rules_of(findings) == Rules{"recording-disabled"});
  CHECK_FALSE(needs_doing(findings));
}

TEST_CASE("doctor, recorder: its configuration cannot be read", "[cli][doctor]") {
  Recorded host;
  std::ofstream(config_path(host.tree.hooks)) << "{ not JSON";
  CHECK(host.rules(host.health()) == Rules{"recorder-config"});
}

TEST_CASE("doctor, recorder: an install stopped half-way", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.half_done = true;
  CHECK(host.rules(health) == Rules{"install-unfinished"});
}

TEST_CASE("doctor, recorder: the journal cannot be read", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.journal.figures.reset();
  health.journal.trouble = "cannot open journal: it is damaged; restore it";
  const auto findings = host.findings(health);
  CHECK(rules_of(findings) == Rules{"journal-unusable"});
  CHECK(findings.at(0).remedy == "restore it");
}

TEST_CASE("doctor, recorder: who is not root learns that he sees half of it",
          "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.journal_is_roots = true;
  CHECK(host.rules(health) == Rules{});  // he named a journal that he may read
  health.journal.figures.reset();
  health.journal.trouble = "cannot open journal: Permission denied";
  CHECK(host.rules(health) == Rules{"not-examined"});
}

TEST_CASE("doctor, recorder: the journal's file system is read-only for the daemon",
          "[cli][doctor]") {
  const Recorded recorded;
  auto host = host_with(recorded.tree, "virtqemud");
  host.on_read_only = [&](const fs::path& path) { return path == recorded.journal; };
  const auto findings = recorded.findings(recorded.health(), host);
  CHECK(rules_of(findings) == Rules{"journal-not-writable"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("read-only"));
}

TEST_CASE("doctor, recorder: the daemon does not see the journal", "[cli][doctor]") {
  const Recorded recorded;
  auto host = host_with(recorded.tree, "virtqemud");
  struct stat status {};
  REQUIRE(::stat(recorded.journal.c_str(), &status) == 0);
  host.daemons[0].user = status.st_uid;
  CHECK(rules_of(recorded.findings(recorded.health(), host)) == Rules{});
  host.daemons[0].root = recorded.tree.root / "another-root";
  const auto findings = recorded.findings(recorded.health(), host);
  CHECK(rules_of(findings) == Rules{"journal-not-writable"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("virtqemud"));
}

TEST_CASE("doctor, recorder: no room for the journal", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.journal.no_room = "its file system is nearly full";
  CHECK(host.rules(health) == Rules{"journal-no-room"});
}

TEST_CASE("doctor, recorder: a file system on which the log may fail", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.disk.unfit = "NFS";
  const auto findings = host.findings(health);
  CHECK(rules_of(findings) == Rules{"journal-file-system"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("it lies on NFS"));
}

TEST_CASE("doctor, recorder: a disk that takes long", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.disk.flush_ns = 12'000'000;
  CHECK(host.rules(health) == Rules{});
  health.disk.flush_ns = 80'000'000;
  const auto findings = host.findings(health);
  CHECK(rules_of(findings) == Rules{"journal-slow-disk"});
  CHECK_THAT(findings.at(0).text, ContainsSubstring("takes 80 ms"));
}

TEST_CASE("doctor, recorder: runs wait in the spool", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.journal.spools = {{"/run/hookjournal", 3, std::time(nullptr) - 60, 0, false}};
  CHECK(host.rules(health) == Rules{});  // the timer will take them in
  health.journal.spools[0].oldest -= 7200;
  CHECK(host.rules(health) == Rules{"spool-waiting"});
}

TEST_CASE("doctor, recorder: deadlines were missed", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.journal.spools = {{"/run/hookjournal", 0, 0, 5, false}};
  CHECK(host.rules(health) == Rules{});  // long ago
  health.journal.spools[0].missed_last_week = true;
  CHECK(host.rules(health) == Rules{"deadlines-missed"});
}

TEST_CASE("doctor, recorder: gaps", "[cli][doctor]") {
  const Recorded host;
  auto health = host.health();
  health.journal.figures->gaps = 4;
  CHECK(host.rules(health) == Rules{});  // of another time
  health.journal.figures->gaps_last_week = 1;
  CHECK(host.rules(health) == Rules{"gaps"});
}

TEST_CASE("doctor, recorder: scripts are judged as without it", "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "#!/usr/bin/no-such-shell\ntrue\n");
  tree.file("qemu.d/10-x", "#!/bin/bash\n\nvirsh list\n");
  tree.copy("qemu.d/20-program", "/bin/true");
  install(request_for(tree));
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"calls-libvirt", "interpreter-missing"});
  CHECK(findings.at(1).path == (tree.hooks / "qemu.d/10-x").string());
  CHECK(findings.at(1).line == 3);
}

TEST_CASE("doctor, recorder: a moved script is judged where libvirt sees it",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("../home/hook", "#!/bin/bash\n\nvirsh list\n");
  tree.link("qemu", "../home/hook");
  install(request_for(tree));
  REQUIRE(fs::is_symlink(tree.hooks / "hookjournal/qemu"));
  const auto findings = findings_in(tree);
  CHECK(rules_of(findings) == Rules{"calls-libvirt"});
  CHECK(findings.at(0).path == (tree.hooks / "qemu").string());
}

TEST_CASE("doctor, recorder: AppArmor and an interpreter it would have to execute",
          "[cli][doctor]") {
  HooksFixture tree;
  tree.file("qemu", "#!" + (tree.root / "opt/python3").string() + "\npass\n");
  tree.copy("../opt/python3", "/bin/true");
  auto host = host_with(tree, "virtqemud");
  host.apparmor_local = "  " + tree.hooks.string() + "/** rmix,\n";
  host.daemons[0].apparmor = "virtqemud";
  CHECK(rules_in(tree, host) == Rules{});
  install(request_for(tree));
  CHECK(rules_in(tree, host) == Rules{"apparmor-denies-script"});
}
