#include "replay/sandbox_hooks.h"

#include "tests/unit/catch.h"
#include "tests/unit/replay/fake_sandbox.h"

namespace hookjournal {
namespace {

class Listener : public RunObserver {
 public:
  void starting(const HookCall&, const std::string& script,
                const std::optional<std::string>&,
                const std::vector<std::string>&) override {
    heard.push_back(script);
  }
  void ended(const HookCall&, const std::string&, const ScriptResult&) override {}
  std::vector<std::string> heard;
};

constexpr const char* kGuest =
    "<domain type='kvm'><name>web1</name><devices><interface type='bridge'>"
    "<source bridge='br7'/><target dev='tap7'/></interface></devices></domain>\n";

SimulatedGuest guest() {
  return {.driver = "qemu",
          .name = "web1",
          .uuid = "00112233-4455-4677-8899-aabbccddeeff",
          .definition = kGuest,
          .live = {},
          .nics = {}};
}

HookCall call_of(const std::string& driver, const std::string& operation) {
  return {.driver = driver,
          .object = "web1",
          .operation = operation,
          .suboperation = "begin",
          .input = kGuest};
}

// A host with these scripts, in the language of the fake sandbox.
struct Host {
  explicit Host(std::vector<ScriptsTree::File> files, bool links = false)
      : hooks(maker, observer,
              {.tree = {.id = "t", .files = std::move(files)},
               .environment = {"LC_ALL=C"},
               .with_links = links}) {}

  std::string prepare() {
    hooks.call(call_of("qemu", "prepare"));
    return hooks.seen().at(0).result.out;
  }

  FakeMaker maker;
  Listener observer;
  SandboxHooks hooks;
};

TEST_CASE("the calls of one play meet what those before them left, another play's do not",
          "[replay]") {
  Host host({{"qemu", 0755, "show /run/state\nwrite /run/state here\n"}});

  host.hooks.begin(guest(), nullptr);
  CHECK(host.prepare() == "nothing\n");
  CHECK(host.prepare() == "here");
  host.hooks.begin(guest(), nullptr);
  CHECK(host.prepare() == "nothing\n");

  REQUIRE(host.maker.diaries.size() == 2);
  CHECK(host.maker.diaries[0]->closed);
  CHECK(host.maker.diaries[0]->plan.hooks_dir == "/etc/libvirt/hooks");
}

TEST_CASE("sandboxed scripts of a simulation run as those of libvirt's daemon",
          "[replay]") {
  Host host({{"qemu", 0755, "exit 3\n"}, {"qemu.d/10-x", 0755, ""}});

  host.hooks.begin(guest(), nullptr);
  const Answer answer = host.hooks.call(call_of("qemu", "start"));

  CHECK(answer.ending == Ending{Exited{3}});
  CHECK_THAT(answer.error, ContainsSubstring("/etc/libvirt/hooks/qemu web1 start begin"));
  CHECK(host.observer.heard == std::vector<std::string>{"qemu", "qemu.d/10-x"});
  const auto& runs = host.maker.diaries.at(0)->runs;
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].environment == std::vector<std::string>{"LC_ALL=C"});
  CHECK(runs[0].working_directory == "/");
  CHECK(runs[0].uid == 0);
}

TEST_CASE("a driver without scripts opens no sandbox", "[replay]") {
  Host host({{"qemu", 0755, ""}});

  host.hooks.begin(guest(), nullptr);

  CHECK(host.hooks.call(call_of("network", "start")).no_hook);
  CHECK(host.hooks.seen().empty());
  CHECK(host.maker.diaries.empty());
}

TEST_CASE("a sandboxed simulation has the definitions of guest and network", "[replay]") {
  Host host({{"qemu", 0755,
              "show /etc/libvirt/qemu/web1.xml\n"
              "show /etc/libvirt/qemu/networks/lan.xml\n"}});
  const SimulatedNetwork network{.name = "lan",
                                 .uuid = {},
                                 .xml = "<network><name>lan</name></network>\n",
                                 .bridge = {}};

  host.hooks.begin(guest(), &network);
  const std::string seen = host.prepare();
  CHECK_THAT(seen, ContainsSubstring("<name>web1</name>"));
  CHECK_THAT(seen, ContainsSubstring("<name>lan</name>"));
  CHECK(host.maker.diaries.at(0)->plan.bridges.empty());
}

TEST_CASE("the host a simulated guest migrates to does not know it yet", "[replay]") {
  Host host({{"qemu", 0755, "show /etc/libvirt/qemu/web1.xml\n"}});

  host.hooks.begin(guest(), nullptr);
  host.hooks.call(call_of("qemu", "migrate"));

  CHECK(host.hooks.seen().at(0).result.out == "nothing\n");
}

TEST_CASE("links are made in a sandboxed simulation when that is asked for", "[replay]") {
  Host host({{"qemu", 0755, ""}}, true);

  host.hooks.begin(guest(), nullptr);
  host.prepare();

  CHECK(host.maker.diaries.at(0)->plan.bridges == std::vector<std::string>{"br7"});
  CHECK(host.maker.diaries.at(0)->plan.taps == std::vector<std::string>{"tap7"});
}

}  // namespace
}  // namespace hookjournal
