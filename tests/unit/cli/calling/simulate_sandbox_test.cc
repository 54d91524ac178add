// `simulate` in a sandbox: with a fake one what is told of it, with the real one that
// nothing gets out.
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/calling/sandbox_settings.h"
#include "cli/calling/simulate_play.h"
#include "journal/journal.h"
#include "tests/places.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/replay/fake_sandbox.h"

namespace hookjournal {
namespace {

using Json = nlohmann::json;

// A host's scripts, and a place for the journal of what is simulated with them.
struct Host {
  ScratchDir dir;
  bool json = false;
  std::int64_t guests = 1;
  std::vector<std::string> lacking;
  PlayResult result;

  void script(const std::string& name, const std::string& text) const {
    dir.write("hooks/" + name, text, 0755);
  }

  std::string play(const char* scenario, SandboxMaker& sandboxes) {
    const auto journal = dir.path() / "journal.db";
    create_or_migrate(journal);
    std::fflush(stdout);
    {
      const Redirected out(1, dir.path() / "out");
      result = hookjournal::play({.plan = {.scenario = scenario_named(scenario),
                                           .driver = "qemu",
                                           .guest_xml = {},
                                           .network_xml = {},
                                           .corpus = {},
                                           .guests = guests},
                                  .version = kNewestLibvirt,
                                  .scripts = dir.path() / "hooks",
                                  .source_scripts = {},
                                  .journal = journal,
                                  .config = {},
                                  .json = json,
                                  .sandboxes = &sandboxes,
                                  .lacking = lacking});
      std::fflush(stdout);
    }
    return bytes_of(dir.path() / "out");
  }

  std::vector<Json> steps(const char* scenario, SandboxMaker& sandboxes) {
    json = true;
    std::istringstream lines(play(scenario, sandboxes));
    std::vector<Json> steps;
    for (std::string line; std::getline(lines, line);) steps.push_back(Json::parse(line));
    return steps;
  }
};

// Of the fake sandbox's language.
constexpr const char* kBusy =
    "#!/bin/sh\n"
    "write /run/state pid=1\n"
    "remove /run/old\n"
    "answer systemctl\n"
    "connect unix /run/x\x1b[2J\n"
    "print hello\n"
    "wail qemu: 7: nosuch: not found\n";

TEST_CASE("what sandboxed scripts did is told call by call, safe to show",
          "[cli][simulate]") {
  Host host;
  host.script("qemu", kBusy);
  FakeMaker sandboxes;

  const std::string text = host.play("shutdown", sandboxes);

  CHECK_THAT(text, ContainsSubstring("ran      systemctl (a stand-in answered)"));
  CHECK_THAT(text, ContainsSubstring("created  /run/state"));
  CHECK_THAT(text, ContainsSubstring("+ pid=1"));
  CHECK_THAT(text, ContainsSubstring("removed  /run/old"));
  CHECK_THAT(text, ContainsSubstring("blocked  connect to unix /run/x\\x1b[2J, by "));
  CHECK_THAT(text, ContainsSubstring("missing  nosuch was not found"));
  CHECK_THAT(text, ContainsSubstring("| hello"));
  CHECK_THAT(text, ContainsSubstring("stand-ins answered for: systemctl"));
  CHECK_THAT(text, ContainsSubstring("shutdown reached its goal"));
}

TEST_CASE("what sandboxed scripts did stands in JSON too", "[cli][simulate]") {
  Host host;
  host.script("qemu", kBusy);
  FakeMaker sandboxes;

  const auto steps = host.steps("shutdown", sandboxes);

  REQUIRE(steps.size() == 2);
  const Json& script = steps[0].at("scripts").at(0);
  CHECK(script["path"] == "qemu");
  CHECK(script["ending"] == Json{{"exited", 0}});
  CHECK(script["commands"][0]["program"] == "/usr/bin/systemctl");
  CHECK(script["commands"][0]["simulated"] == true);
  CHECK(script["files"][0]["change"] == "created");
  CHECK(script["files"][0]["before"].is_null());
  CHECK(script["files"][0]["after"]["content"] == "pid=1");
  CHECK(script["files"][1]["change"] == "removed");
  CHECK(script["attempts"][0]["kind"] == "connect");
  CHECK(script["not_found"] == Json::array({"nosuch"}));
  CHECK(script["stdout"] == Json{{"bytes", 6}, {"text", "hello\n"}});
  CHECK(script["timed_out"] == false);
  CHECK(script["network"].empty());
}

TEST_CASE("sandboxed calls are recorded as they were seen", "[cli][simulate]") {
  Host host;
  host.script("qemu", "#!/bin/sh\nwail no bridge\nexit 3\n");
  FakeMaker sandboxes;

  CHECK_THAT(host.play("start", sandboxes), ContainsSubstring("did not reach its goal"));

  JournalReader journal((host.dir.path() / "journal.db").string());
  std::vector<CallRecord> calls;
  journal.for_each_call({}, [&calls](const CallRecord& call) { calls.push_back(call); });
  REQUIRE(!calls.empty());
  CHECK(calls[0].origin == Origin::simulate);
  CHECK(calls[0].runs.at(0).ending == Ending{Exited{3}});
  CHECK(calls[0].context.hooks_dir == "/etc/libvirt/hooks");
  CHECK(tree_of_journal(journal, calls[0].tree).find("qemu") != nullptr);
}

TEST_CASE("each guest has a sandbox of its own, and many are told together",
          "[cli][simulate]") {
  Host host;
  host.script("qemu", kBusy);
  host.guests = 3;
  host.lacking = {"nosuch", "other"};
  FakeMaker sandboxes;

  const std::string text = host.play("shutdown", sandboxes);

  CHECK(sandboxes.diaries.size() == 3);
  CHECK_THAT(text, !ContainsSubstring("/run/state"));
  CHECK_THAT(text, ContainsSubstring("stand-ins answered for: systemctl (6 times)"));
  CHECK_THAT(text, ContainsSubstring("not found: nosuch (6 times)"));
  CHECK_THAT(text, ContainsSubstring("also call what this host lacks: other\n"));
}

TEST_CASE("of many guests the first calls that failed are told", "[cli][simulate]") {
  Host host;
  host.script("qemu", "#!/bin/sh\nwail no bridge\nexit 3\n");
  host.guests = 7;
  FakeMaker sandboxes;

  const std::string text = host.play("start", sandboxes);

  std::size_t told = 0;
  const std::string error = "unexpected exit status 3: no bridge";
  for (auto at = text.find(error); at != std::string::npos; at = text.find(error, at + 1))
    ++told;
  CHECK(told == 5);
  CHECK_THAT(text, ContainsSubstring("above the first 5 that failed;"));
}

// A script that libvirt would wait for in vain.
class HungMaker : public SandboxMaker {
 public:
  std::unique_ptr<Sandbox> open(const SandboxPlan&) override {
    return std::make_unique<Hung>();
  }

 private:
  class Hung : public Sandbox {
   public:
    ObservedRun run(const SandboxedRun& run) override {
      ObservedRun observed{.script = run.script, .input = run.input};
      observed.result.ending = Signaled{9};
      observed.effects.timed_out = true;
      observed.effects.left_running = {"nc -l 80"};
      return observed;
    }
    Remains remains() override { return {}; }
    void keep(const std::string&) override {}
  };
};

TEST_CASE("a sandboxed script that was killed at its time limit is told",
          "[cli][simulate]") {
  Host host;
  host.script("qemu", "#!/bin/sh\n");
  HungMaker sandboxes;

  const std::string text = host.play("shutdown", sandboxes);

  CHECK_THAT(text, ContainsSubstring("over the limit, so it was killed"));
  CHECK_THAT(text, ContainsSubstring("nc -l 80: still running"));
  CHECK_THAT(text, ContainsSubstring("killed at the time limit: 2 scripts"));
  CHECK(host.result.timed_out == 2);
}

TEST_CASE("options of the sandbox mean nothing without one", "[cli][simulate]") {
  const ScratchDir dir;
  dir.write("hooks/qemu", "#!/bin/sh\n", 0755);
  const CommandResult result = run_command(
      run_simulate, {"simulate", "start", "--for-real", "--links", "--scripts",
                     dir.path() / "hooks", "--hooks-dir", dir.path() / "none"});
  CHECK(result.status == 2);
  CHECK_THAT(result.err, ContainsSubstring("--links"));
}

TEST_CASE("a simulation in a real sandbox does nothing to this machine",
          "[cli][simulate]") {
  Host host;
  const std::string canary = host.dir.write("canary", "alive\n");
  host.script("qemu", "#!/bin/sh\n[ $2 = stopped ] || exit 0\necho dead >" + canary +
                          "\nip link set lo mtu 4000\nsystemctl stop everything\n"
                          "no-such-tool\nexit 5\n");
  SandboxSettings settings = sandbox_settings(std::chrono::seconds(10), "");
  settings.stand_in_program = test::stand_in_program();
  settings.sandbox_program = test::sandbox_program();
  settings.path_variable = "/usr/sbin:/usr/bin:/sbin:/bin";
  const auto sandboxes = make_sandbox_maker(settings);

  const std::string text = host.play("shutdown", *sandboxes);

  CHECK(bytes_of(canary) == "alive\n");
  CHECK_THAT(text, ContainsSubstring("changed  " + canary));
  CHECK_THAT(text, ContainsSubstring("- alive"));
  CHECK_THAT(text, ContainsSubstring("+ dead"));
  CHECK_THAT(text, ContainsSubstring("systemctl stop everything (a stand-in answered)"));
  CHECK_THAT(text, ContainsSubstring("no-such-tool was not found"));
  CHECK_THAT(text, ContainsSubstring("exit status 5"));
}

}  // namespace
}  // namespace hookjournal
