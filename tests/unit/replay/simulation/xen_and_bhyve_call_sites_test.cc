// One test for each row of libxl and bhyve among libvirt's call sites.
#include "tests/unit/replay/simulation/simulation_fixture.h"

using namespace hookjournal;
using Catch::Matchers::VectorContains;

// --- libxl -----------------------------------------------------------------------------

TEST_CASE("libxl prepare/start/started begin -: start fails", "[replay][simulate]") {
  const std::string operation = GENERATE("prepare", "start", "started");
  SimulatedHost host("libxl");
  host.hooks.failing = operation;
  CHECK_FALSE(host.play("start"));
  CHECK_THAT(host.calls(), VectorContains("libxl g1 " + operation + " begin -"));
}

TEST_CASE("libxl prepare/start/started begin -: an id from started on",
          "[replay][simulate]") {
  SimulatedHost host("libxl");
  CHECK(host.play("start"));
  CHECK(host.input("prepare") == kDefined);
  CHECK(host.input("start") == kLive);
  CHECK(host.input("started") == kLiveWithId);
}

TEST_CASE("libxl stopped end -, release end -: never a reason", "[replay][simulate]") {
  const std::string scenario = GENERATE("shutdown", "destroy", "crash", "save");
  SimulatedHost host("libxl");
  CHECK(host.play(scenario));
  CHECK(host.calls() == Words{"libxl g1 stopped end -", "libxl g1 release end -"});
  CHECK(host.input("stopped") == kLiveWithId);
  CHECK(host.input("release") == kLive);
}

TEST_CASE("libxl stopped end -, release end -: ignored", "[replay][simulate]") {
  SimulatedHost host("libxl");
  host.hooks.failing = GENERATE("stopped", "release");
  CHECK(host.play("shutdown"));
  CHECK(host.operations() == Words{"stopped", "release"});
}

TEST_CASE("libxl stopped end -: no id once a failed started has destroyed the guest",
          "[replay][simulate]") {
  SimulatedHost host("libxl");
  host.hooks.failing = "started";
  CHECK_FALSE(host.play("start"));
  CHECK(host.input("stopped") == kLive);
}

TEST_CASE("libxl migrate begin -: captured", "[replay][simulate]") {
  SimulatedHost host("libxl");
  host.hooks.printing = "migrate";
  host.hooks.output = "<domain type='xen'><x/></domain>\n";
  CHECK(host.play("migrate-in"));
  CHECK(host.calls().front() == "libxl g1 migrate begin -");
  CHECK(host.input("migrate") == kDefined);
  CHECK(host.input("prepare") == "<domain type='xen'><x/></domain>\n");
}

TEST_CASE("libxl migrate begin -: refused", "[replay][simulate]") {
  SimulatedHost host("libxl");
  host.hooks.failing = "migrate";
  CHECK_FALSE(host.play("migrate-in"));
  CHECK(host.operations() == Words{"migrate"});
}

TEST_CASE("libxl reconnect begin -: state cleaned up (stopped, release); not destroyed",
          "[replay][simulate]") {
  SimulatedHost host("libxl");
  host.hooks.failing = "reconnect";
  Words told;
  host.setting.tell = [&](const SimulatedStep& step) { told.push_back(step.text); };
  CHECK_FALSE(host.play("reconnect"));
  CHECK(host.calls() == Words{"libxl g1 reconnect begin -", "libxl g1 stopped end -",
                              "libxl g1 release end -"});
  CHECK(host.input("reconnect") == kLiveWithId);
  CHECK(host.input("stopped") == kLiveWithId);
  CHECK_THAT(told.front(), ContainsSubstring("runs on"));
}

TEST_CASE("libxl has no restore operation", "[replay][simulate]") {
  const std::string scenario = GENERATE("restore", "managed-save-start");
  SimulatedHost host("libxl");
  CHECK(host.play(scenario));
  CHECK(host.operations() == Words{"prepare", "start", "started"});
}

TEST_CASE("libxl has hooks since 2.1.0", "[replay][simulate]") {
  SimulatedHost host("libxl");
  host.setting.version = {2, 0, 0};
  CHECK(host.play("lifecycle"));
  CHECK(host.calls().empty());
  host.setting.version = {2, 1, 0};
  CHECK(host.play("lifecycle"));
  CHECK(host.operations() == Words{"prepare", "start", "started", "stopped", "release"});
}

// --- bhyve -----------------------------------------------------------------------------

TEST_CASE("bhyve prepare/start/started begin -: start fails", "[replay][simulate]") {
  const std::string operation = GENERATE("prepare", "start", "started");
  SimulatedHost host("bhyve");
  host.hooks.failing = operation;
  CHECK_FALSE(host.play("start"));
  CHECK(host.calls().back() == "bhyve g1 " + operation + " begin -");
}

TEST_CASE("bhyve prepare/start/started begin -: an id from started on",
          "[replay][simulate]") {
  SimulatedHost host("bhyve");
  CHECK(host.play("start"));
  CHECK(host.input("prepare") == kDefined);
  CHECK(host.input("start") == kLive);
  CHECK(host.input("started") == kLiveWithId);
}

TEST_CASE("bhyve stopped end -, release end -: ignored", "[replay][simulate]") {
  SimulatedHost host("bhyve");
  host.hooks.failing = GENERATE("stopped", "release");
  CHECK(host.play("shutdown"));
  CHECK(host.calls() == Words{"bhyve g1 stopped end -", "bhyve g1 release end -"});
  CHECK(host.input("stopped") == kLiveWithId);
  CHECK(host.input("release") == kLive);
}

TEST_CASE("bhyve has no reconnect operation", "[replay][simulate]") {
  SimulatedHost host("bhyve");
  CHECK(host.play("reconnect"));
  CHECK(host.calls().empty());
}

TEST_CASE("bhyve's guests have no ports of networks", "[replay][simulate]") {
  SimulatedHost host("bhyve", 2);
  CHECK(host.play("lifecycle"));
  CHECK(host.operations() == Words{"prepare", "start", "started", "stopped", "release"});
}

TEST_CASE("bhyve has hooks since 6.1.0", "[replay][simulate]") {
  SimulatedHost host("bhyve");
  host.setting.version = {6, 0, 0};
  CHECK(host.play("lifecycle"));
  CHECK(host.calls().empty());
  host.setting.version = {6, 1, 0};
  CHECK(host.play("lifecycle"));
  CHECK(host.operations() == Words{"prepare", "start", "started", "stopped", "release"});
}
