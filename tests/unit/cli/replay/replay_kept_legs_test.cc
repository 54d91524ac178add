#include <sys/stat.h>

#include "cli/replay/kept_legs.h"
#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"

namespace hookjournal {
namespace {

namespace fs = std::filesystem;

class FakeSandbox : public Sandbox {
 public:
  ObservedRun run(const SandboxedRun& run) override { return {.script = run.script}; }
  Remains remains() override { return {}; }
  void keep(const std::string& directory) override { fs::create_directory(directory); }
};
class FakeMaker : public SandboxMaker {
 public:
  std::unique_ptr<Sandbox> open(const SandboxPlan&) override {
    return std::make_unique<FakeSandbox>();
  }
};
class FailingSandbox : public FakeSandbox {
 public:
  void keep(const std::string&) override { throw Error("the disk is full"); }
};
class FailingMaker : public SandboxMaker {
 public:
  std::unique_ptr<Sandbox> open(const SandboxPlan&) override {
    return std::make_unique<FailingSandbox>();
  }
};

const ScriptsTree kOld{.id = "old"};
const ScriptsTree kNew{.id = "new",
                       .files = {{"../out", 0644, "never"},
                                 {"/etc/watched", 0644, "never"},
                                 {"qemu", 0755, "#!/bin/sh\necho \"$1\" $KEY; cat\n"}}};

const SandboxedRun kRun{.script = "qemu",
                        .call = {.driver = "qemu",
                                 .object = "win 11",
                                 .operation = "prepare",
                                 .suboperation = "begin"},
                        .input = "<domain/>\n",
                        .environment = {"PATH=/usr/bin:/bin", "KEY=a 'b'"},
                        .working_directory = "/"};

// One call in three legs, as a replay runs it.
void replay_with(KeptLegs& legs) {
  for (const ScriptsTree* tree : {&kOld, &kNew, &kOld})
    legs.open({.hooks_dir = "/etc/libvirt/hooks", .tree = tree})->run(kRun);
}

TEST_CASE("replay --keep leaves each leg, the scripts and what they read", "[cli]") {
  const ScratchDir scratch;
  const fs::path folder = scratch.path() / "kept";
  FakeMaker maker;
  KeptLegs legs(maker, kNew, folder);
  replay_with(legs);
  legs.write_reproduction("true");

  for (const char* name : {"baseline-1", "baseline-2", "candidate"})
    CHECK(fs::is_directory(folder / name));
  CHECK(bytes_of(folder / "scripts" / "qemu") == kNew.files[2].bytes);
  CHECK(bytes_of(folder / "input-1") == "<domain/>\n");
  CHECK_FALSE(fs::exists(folder / "out"));
  CHECK_FALSE(fs::exists(folder / "scripts" / "etc"));
  struct stat state {};
  REQUIRE(::stat(folder.c_str(), &state) == 0);
  CHECK((state.st_mode & 0777) == 0700);
}

TEST_CASE("the kept reproduction runs the scripts as they were run", "[cli]") {
  const ScratchDir scratch;
  const fs::path folder = scratch.path() / "kept 1";
  FakeMaker maker;
  KeptLegs legs(maker, kNew, folder);
  replay_with(legs);
  legs.write_reproduction("echo replay \"$here\"/scripts");

  const std::string script = "'" + (folder / "reproduce.sh").native() + "'";
  const std::string out = scratch.path() / "out";
  const int replayed = std::system((script + " >" + out).c_str());
  const std::string by_replay = bytes_of(out);
  const int direct = std::system((script + " --for-real >" + out + " 2>&1").c_str());

  CHECK(replayed == 0);
  CHECK(by_replay == "replay " + (folder / "scripts").native() + "\n");
  CHECK(direct == 0);
  CHECK(bytes_of(out) == "win 11 a 'b'\n<domain/>\nqemu ended with 0\n");
}

TEST_CASE("replay --keep puts nothing into a folder that is there", "[cli]") {
  const ScratchDir scratch;
  FakeMaker maker;
  CHECK_THROWS_AS(KeptLegs(maker, kNew, scratch.path()), UsageError);
}

TEST_CASE("a sandbox that could not be kept is told", "[cli]") {
  const ScratchDir scratch;
  FailingMaker maker;
  KeptLegs legs(maker, kNew, scratch.path() / "kept");
  replay_with(legs);
  CHECK_THROWS_WITH(legs.write_reproduction("true"),
                    ContainsSubstring("the disk is full"));
}

}  // namespace
}  // namespace hookjournal
