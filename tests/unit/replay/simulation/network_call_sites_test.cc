// One test for each row of the network hook's table: what its scripts are called with,
// what they read, what their failure does.
#include "replay/simulation/sample_guest.h"
#include "tests/unit/replay/simulation/simulation_fixture.h"

using namespace hookjournal;

namespace {

const std::string kHookData = R"(<hookData>
  <network>
    <name>n1</name>
  </network>
</hookData>)";

// With the port of a guest's first card, and this many connections.
std::string with_port(const std::string& connections) {
  return "<hookData>\n  <network" + connections + R"(>
    <name>n1</name>
  </network>
  <networkport>
    <uuid>port-0</uuid>
    <owner>
      <name>g1</name>
      <uuid>afca425a-2c3a-420c-b2fb-dd7b4950d722</uuid>
    </owner>
    <mac address='52:54:00:00:00:00'/>
    <plug type='network' bridge='virbr0'/>
  </networkport>
</hookData>)";
}

}  // namespace

TEST_CASE("network start begin -: no <networkport>", "[replay][simulate]") {
  SimulatedHost host;
  CHECK(host.play("net-start"));
  CHECK(host.calls() == Words{"network n1 start begin -", "network n1 started begin -"});
  CHECK(host.input("start") == kHookData);
}

TEST_CASE("network start begin -: net start fails; stopped", "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "start";
  CHECK_FALSE(host.play("net-start"));
  CHECK(host.operations() == Words{"start", "stopped"});
}

TEST_CASE("network started begin -: net start fails; stopped", "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "started";
  CHECK_FALSE(host.play("net-start"));
  CHECK(host.operations() == Words{"start", "started", "stopped"});
  CHECK(host.input("started") == kHookData);
}

TEST_CASE("network stopped end -: ignored", "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "stopped";
  CHECK(host.play("net-destroy"));
  CHECK(host.calls() == Words{"network n1 stopped end -"});
  CHECK(host.input("stopped") == kHookData);
}

TEST_CASE("network stopped end -: with guests attached no port-deleted",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 2);
  CHECK(host.play("port-create"));
  host.hooks.calls.clear();
  CHECK(host.play("net-destroy"));
  CHECK(host.operations() == Words{"stopped"});
  CHECK_THAT(host.input("stopped"), ContainsSubstring("connections='2'"));
  CHECK(host.network.connections == 0);
}

TEST_CASE("network port-created begin -: the ports of others are counted too",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.network.connections = 3;
  CHECK(host.play("port-create"));
  CHECK(host.input("port-created") == with_port(" connections='4'"));
}

TEST_CASE("network port-deleted begin -: a guest that ran before is among the others",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.network.connections = 3;
  CHECK(host.play("port-delete"));
  CHECK(host.input("port-deleted") == with_port(" connections='2'"));
}

TEST_CASE("a network's XML says how many ports it has", "[replay][simulate]") {
  Samples samples(1);
  CHECK(samples.network_of("<network><name>n1</name></network>").connections == 0);
  CHECK(samples.network_of("<network connections='3'><name>n1</name></network>")
            .connections == 3);
}

TEST_CASE("network updated begin -: API returns error, the change stays",
          "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "updated";
  Words told;
  host.setting.tell = [&](const SimulatedStep& step) { told.push_back(step.text); };
  CHECK_FALSE(host.play("net-update"));
  CHECK(host.calls() == Words{"network n1 updated begin -"});
  CHECK(host.input("updated") == kHookData);
  CHECK_THAT(told.front(), ContainsSubstring("the change stays"));
}

TEST_CASE("network updated begin -: of a running network ignored", "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "updated";
  CHECK(host.play("net-update-live"));
  CHECK(host.calls() == Words{"network n1 updated begin -"});
  CHECK(host.input("updated") == kHookData);
}

TEST_CASE("network port-created begin -: new NIC", "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  CHECK(host.play("port-create"));
  CHECK(host.calls() == Words{"network n1 port-created begin -"});
  CHECK(host.input("port-created") == with_port(" connections='1'"));
}

TEST_CASE("network port-created begin -: hot-plug fails, no port-deleted for it",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.hooks.failing = "port-created";
  CHECK_FALSE(host.play("port-create"));
  CHECK(host.operations() == Words{"port-created"});
  CHECK_FALSE(host.guest.nics[0].connected);
  CHECK(host.network.connections == 0);
}

TEST_CASE("network port-created begin -: allocation, thus guest start, fails",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.hooks.failing = "port-created";
  CHECK_FALSE(host.play("start"));
  CHECK(host.operations() ==
        Words{"prepare", "port-created", "stopped", "release failed"});
}

TEST_CASE("network port-created begin -: notify at daemon start: ignored",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 2);
  host.hooks.failing = "port-created";
  CHECK(host.play("port-reclaim"));
  CHECK(host.operations() == Words{"port-created", "port-created"});
  CHECK(host.guest.nics[0].connected);
}

TEST_CASE("network port-created begin -: connections are counted up",
          "[replay][simulate]") {
  const std::string scenario = GENERATE("port-create", "port-reclaim", "start");
  SimulatedHost host("qemu", 2);
  CHECK(host.play(scenario));
  CHECK(host.network.connections == 2);
  CHECK_THAT(host.input("port-created"), ContainsSubstring("connections='1'"));
}

TEST_CASE("network port-deleted begin -: begin, not end; ignored", "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.hooks.failing = "port-deleted";
  CHECK(host.play("port-delete"));
  CHECK(host.calls() == Words{"network n1 port-deleted begin -"});
  CHECK(host.input("port-deleted") == with_port(""));
  CHECK_FALSE(host.guest.nics[0].connected);
}

TEST_CASE("network without a bridge: a port without a plug", "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.network.bridge.clear();
  CHECK(host.play("port-create"));
  CHECK_THAT(host.input("port-created"), !ContainsSubstring("<plug"));
}

TEST_CASE("old names: plugged, with <interface> before and <domain> after <network>",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.setting.version = {5, 9, 0};
  CHECK(host.play("port-create"));
  CHECK(host.calls() == Words{"network n1 plugged begin -"});
  CHECK(host.input("plugged") == R"(<hookData>
  <interface type='network'>
    <mac address='52:54:00:00:00:00'/>
    <source network='n1'/>
  </interface>
  <network connections='1'>
    <name>n1</name>
  </network>
  <domain type='kvm' id='1'>
    <name>g1</name>
    <live/>
  </domain>
</hookData>)");
}

TEST_CASE("old names: unplugged, when the guest has lost its id", "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc", "libxl");
  SimulatedHost host(driver, 1);
  host.setting.version = {5, 9, 0};
  CHECK(host.play("shutdown"));
  CHECK(host.calls()[1] == "network n1 unplugged begin -");
  CHECK_THAT(host.input("unplugged"), ContainsSubstring("  <domain type='kvm'>\n"));
}

TEST_CASE("old names: plugged, with an id only where the driver has it so early",
          "[replay][simulate]") {
  SimulatedHost qemu("qemu", 1), lxc("lxc", 1);
  qemu.setting.version = lxc.setting.version = {5, 9, 0};
  CHECK(qemu.play("start"));
  CHECK(lxc.play("start"));
  CHECK_THAT(qemu.input("plugged"), ContainsSubstring("  <domain type='kvm' id='1'>\n"));
  CHECK_THAT(lxc.input("plugged"), ContainsSubstring("  <domain type='kvm'>\n"));
}

TEST_CASE("new names: port-created since 6.0.0", "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.setting.version = {6, 0, 0};
  CHECK(host.play("port-create"));
  CHECK(host.play("port-delete"));
  CHECK(host.operations() == Words{"port-created", "port-deleted"});
}

TEST_CASE("network hooks exist since 1.2.2", "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  host.setting.version = {1, 2, 1};
  CHECK(host.play("net-start"));
  CHECK(host.play("start"));
  CHECK(host.operations() == Words{"prepare", "start", "started"});
  host.setting.version = {1, 2, 2};
  CHECK(host.play("net-start"));
  CHECK(host.calls().back() == "network n1 started begin -");
}
