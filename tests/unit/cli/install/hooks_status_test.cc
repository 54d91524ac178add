#include "cli/install/hooks_status.h"

#include <fstream>

#include "engine/config.h"
#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/hook_trees.h"

using namespace hookjournal;
using namespace hookjournal::test;
using How = ScriptStatus::How;
namespace fs = std::filesystem;

namespace {

HooksStatus status_in(const HooksFixture& tree, std::vector<Daemon> daemons = {}) {
  return look_at_hooks({tree.hooks, tree.recorder.string(), std::move(daemons),
                        [](const auto&...) { return false; }});
}

std::string only_finding(const HooksStatus& status) {
  CAPTURE(status.findings);
  REQUIRE(status.findings.size() == 1);
  return status.findings[0];
}

}  // namespace

TEST_CASE("status: nothing is installed", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  const auto status = status_in(tree);
  CHECK_FALSE(status.installed);
  CHECK_THAT(only_finding(status), ContainsSubstring("hookjournal install"));
}

TEST_CASE("status: how each script is recorded, and nothing needs a person", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.copy("qemu.d/10-program", "/bin/true");
  tree.link("qemu.d/20-again", "../qemu");
  auto request = request_for(tree);
  request.drivers = {"lxc"};
  install(request);

  const auto status = status_in(tree);

  CHECK(status.findings.empty());
  REQUIRE(status.scripts.size() == 4);
  CHECK(status.scripts[0].how == How::words);
  CHECK(status.scripts[0].recorder == tree.recorder);
  CHECK(status.scripts[1].how == How::launcher);
  CHECK(status.scripts[2].how == How::link);
  CHECK(status.scripts[3].how == How::watcher);
  REQUIRE(status.drivers.size() == 2);
  CHECK(status.drivers[0].scripts == 3);
  CHECK(status.drivers[0].recorded == 3);
}

TEST_CASE("status: a script added since install is new", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  tree.file("qemu.d/10-new", "#!/bin/sh\n");
  const auto status = status_in(tree);
  CHECK(status.scripts[0].changed == false);
  CHECK(status.scripts[1].how == How::not_recorded);
  CHECK(status.scripts[1].changed == std::nullopt);
  CHECK_THAT(only_finding(status), ContainsSubstring("qemu.d/10-new: new;"));
}

TEST_CASE("status: a script overwritten since install is told from a new one", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  tree.file("qemu", "#!/bin/sh\necho other\n");
  const auto status = status_in(tree);
  CHECK(status.scripts[0].how == How::not_recorded);
  CHECK(status.scripts[0].changed == true);
  CHECK_THAT(only_finding(status), ContainsSubstring("qemu: somebody replaced it since"));
}

TEST_CASE("status: the recorder's words were taken out, the text is the same", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  tree.file("qemu", "#!/bin/sh\n");
  const auto status = status_in(tree);
  CHECK(status.scripts[0].changed == false);
  CHECK_THAT(only_finding(status), ContainsSubstring("took the recorder's words out"));
}

TEST_CASE("status: a script edited since install is said to be, and is no finding",
          "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.copy("qemu.d/10-program", "/bin/true");
  tree.file("qemu.d/20-same", "#!/bin/sh\n");
  install(request_for(tree));
  tree.file("qemu", tree.text("qemu") + "echo edited\n");
  tree.copy("hookjournal/qemu.d/10-program", "/bin/false");
  const auto edited = status_in(tree);
  CHECK(edited.scripts[0].changed == true);
  CHECK(edited.scripts[1].changed == true);
  CHECK(edited.scripts[2].changed == false);
  CHECK(edited.findings.empty());

  install(request_for(tree));
  CHECK(status_in(tree).scripts[0].changed == false);
}

TEST_CASE("status: another recorder's path in the first line is no change", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  tree.file("qemu", "#!/opt/hookjournal-hook /bin/sh\n");
  CHECK(status_in(tree).scripts[0].changed == false);
}

TEST_CASE("status: after an install by a version that kept no digests", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  std::ofstream(state_path(tree.hooks)) << R"({"drivers_since": {"qemu": 1000}})";
  tree.file("qemu.d/10-x", "#!/bin/sh\n");
  const auto status = status_in(tree);
  CHECK(status.scripts[0].changed == std::nullopt);
  CHECK_THAT(only_finding(status), ContainsSubstring("new, or somebody replaced it"));
  CHECK(load_state(tree.hooks).since.at("qemu") == 1000);

  install(request_for(tree));
  CHECK(status_in(tree).scripts[0].changed == false);
  CHECK(load_state(tree.hooks).since.at("qemu") == 1000);
}

TEST_CASE("digests of scripts are for those who may read all scripts", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\npassword=1234\n", 0700);
  install(request_for(tree));
  CHECK(fs::status(state_path(tree.hooks)).permissions() == fs::perms(0600));
}

TEST_CASE("status: the recorder is missing", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  fs::remove(tree.recorder);
  CHECK_THAT(only_finding(status_in(tree)), ContainsSubstring("recorder"));
}

TEST_CASE("status: a launcher's original is missing", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  fs::remove(tree.hooks / "hookjournal/qemu");
  CHECK_THAT(only_finding(status_in(tree)), ContainsSubstring("missing"));
}

TEST_CASE("status: a launcher's original cannot be executed", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  fs::permissions(tree.hooks / "hookjournal/qemu", fs::perms(0644));
  CHECK_THAT(only_finding(status_in(tree)), ContainsSubstring("cannot be executed"));
}

TEST_CASE("status: an original whose launcher was overwritten", "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  install(request_for(tree));
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  CHECK_THAT(only_finding(status_in(tree)),
             Catch::Matchers::StartsWith("hookjournal/qemu: kept"));
}

TEST_CASE("status: a launcher that may not be read makes no orphan of its original",
          "[cli]") {
  HooksFixture tree;
  tree.copy("qemu", "/bin/true");
  tree.copy("qemu.d/10-x", "/bin/true");
  install(request_for(tree));
  fs::permissions(tree.hooks / "qemu", fs::perms(0111));
  fs::rename(tree.hooks / "qemu.d/10-x", tree.hooks / "qemu.d/20-x");
  fs::permissions(tree.hooks / "qemu.d/20-x", fs::perms(0111));

  const AsOrdinaryUser user(tree);
  const auto findings = status_in(tree).findings;

  CAPTURE(findings);
  REQUIRE(findings.size() == 3);
  CHECK_THAT(findings[0], Catch::Matchers::StartsWith("qemu: cannot read"));
  CHECK_THAT(findings[1], Catch::Matchers::StartsWith("qemu.d/20-x: cannot read"));
  CHECK_THAT(findings[2],
             Catch::Matchers::StartsWith(
                 "hookjournal/qemu.d/10-x: whether a launcher stands for it"));
}

TEST_CASE("status: a folder of originals that is closed to this user ends nothing",
          "[cli]") {
  HooksFixture tree;
  tree.copy("qemu.d/10-x", "/bin/true");
  install(request_for(tree));
  for (const char* folder : {"qemu.d", "hookjournal/qemu.d"})
    fs::permissions(tree.hooks / folder, fs::perms(0700));

  const AsOrdinaryUser user(tree);
  CHECK_NOTHROW(status_in(tree));
}

TEST_CASE("status: an executable file that libvirt cannot run", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("qemu.d/README", "text\n");
  install(request_for(tree));
  CHECK_THAT(only_finding(status_in(tree)), ContainsSubstring("no interpreter"));
}

TEST_CASE("status: a .d that is no directory", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  tree.file("qemu.d", "#!/bin/sh\n", 0644);
  install(request_for(tree));
  CHECK_THAT(only_finding(status_in(tree)), ContainsSubstring("fails every call"));
}

TEST_CASE("status: recording is disabled", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  std::ofstream(disabled_path(tree.hooks)).flush();
  const auto status = status_in(tree);
  CHECK(status.disabled_since);
  CHECK_THAT(only_finding(status), ContainsSubstring("hookjournal enable"));
}

TEST_CASE("status: the configuration cannot be read", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  std::ofstream(config_path(tree.hooks)) << "{ not JSON";
  const auto status = status_in(tree);
  CHECK_FALSE(status.config_trouble.empty());
  CHECK(only_finding(status) == status.config_trouble);
}

TEST_CASE("status: a link is in our folder's place", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  fs::rename(tree.hooks / "hookjournal", tree.root / "moved");
  tree.link("hookjournal", "../moved");
  CHECK_THAT(only_finding(status_in(tree)), ContainsSubstring("is a symbolic link"));
}

TEST_CASE("status: an operation stopped half-way", "[cli]") {
  HooksFixture tree;
  tree.file("qemu", "#!/bin/sh\n");
  install(request_for(tree));
  fs::create_directories(tree.hooks / "hookjournal/staged");
  CHECK_THAT(only_finding(status_in(tree)), ContainsSubstring("half-way"));
}

TEST_CASE("status: a daemon does not know the driver yet", "[cli]") {
  HooksFixture tree;
  auto request = request_for(tree);
  request.drivers = {"lxc"};
  install(request);
  const auto status = status_in(tree, {{"virtlxcd", 812, 1, 1000}});
  REQUIRE(status.reloads.size() == 1);
  CHECK_THAT(only_finding(status), ContainsSubstring("systemctl reload virtlxcd"));
}

TEST_CASE("status: a hooks directory that is not there is said so", "[cli]") {
  HooksFixture tree;
  tree.hooks /= "nowhere";
  CHECK_THROWS_AS(status_in(tree), Error);
}
