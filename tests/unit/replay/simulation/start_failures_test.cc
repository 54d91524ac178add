// One test for each row of which hooks are called when something fails during a start.
#include "tests/unit/replay/simulation/simulation_fixture.h"

using namespace hookjournal;

namespace {

// With one card, when this hook fails.
Words failing(const std::string& operation, const std::string& driver,
              const std::string& scenario = "start") {
  SimulatedHost host(driver, 1);
  host.hooks.failing = operation;
  CHECK_FALSE(host.play(scenario));
  return host.operations();
}

// When something of libvirt's own fails.
Words failing(Fault fault, const std::string& driver) {
  SimulatedHost host(driver, 1);
  host.setting.fault = fault;
  CHECK_FALSE(host.play("start"));
  CHECK(host.network.connections == 0);
  return host.operations();
}

}  // namespace

TEST_CASE("validation before prepare fails: nothing", "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc", "libxl", "bhyve");
  CHECK(failing(Fault::validate, driver).empty());
}

TEST_CASE("prepare hook fails, qemu, lxc: prepare, stopped, release failed",
          "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc");
  CHECK(failing("prepare", driver) == Words{"prepare", "stopped", "release failed"});
}

TEST_CASE("prepare hook fails, libxl, bhyve: prepare only", "[replay][simulate]") {
  const std::string driver = GENERATE("libxl", "bhyve");
  CHECK(failing("prepare", driver) == Words{"prepare"});
}

TEST_CASE("something between fails, qemu: ..., stopped, release failed",
          "[replay][simulate]") {
  const Words calls{"prepare", "port-created", "stopped", "port-deleted",
                    "release failed"};
  CHECK(failing(Fault::allocate, "qemu") == calls);
  CHECK(failing(Fault::build, "qemu") == calls);
}

TEST_CASE("something between fails, lxc: ..., stopped, release failed",
          "[replay][simulate]") {
  CHECK(failing(Fault::allocate, "lxc") == Words{"prepare", "stopped", "release failed"});
  CHECK(failing(Fault::build, "lxc") ==
        Words{"prepare", "port-created", "stopped", "port-deleted", "release failed"});
}

TEST_CASE("something between fails, libxl: prepare only while preparing",
          "[replay][simulate]") {
  CHECK(failing(Fault::allocate, "libxl") ==
        Words{"prepare", "port-created", "port-deleted"});
  CHECK(failing("port-created", "libxl") == Words{"prepare", "port-created"});
}

TEST_CASE("something between fails, libxl: else + stopped, release",
          "[replay][simulate]") {
  CHECK(failing(Fault::build, "libxl") ==
        Words{"prepare", "port-created", "stopped", "port-deleted", "release"});
}

TEST_CASE("something between fails, bhyve: prepare only", "[replay][simulate]") {
  CHECK(failing(Fault::allocate, "bhyve") == Words{"prepare"});
  CHECK(failing(Fault::build, "bhyve") == Words{"prepare"});
}

TEST_CASE("a later card's port fails: those before it are deleted, it is not",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 2);
  SimulatedNetwork other = a_network("n2");
  host.guest.nics[1].network = &other;
  host.hooks.failing = "port-created";
  host.hooks.failing_object = "n2";
  CHECK_FALSE(host.play("start"));
  CHECK(host.calls() ==
        Words{"qemu g1 prepare begin -", "network n1 port-created begin -",
              "network n2 port-created begin -", "qemu g1 stopped end -",
              "network n1 port-deleted begin -", "qemu g1 release end failed"});
}

TEST_CASE("start hook fails, qemu, lxc: prepare, start, stopped, release failed",
          "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc");
  CHECK(failing("start", driver) == Words{"prepare", "port-created", "start", "stopped",
                                          "port-deleted", "release failed"});
}

TEST_CASE("start hook fails, libxl: prepare, start, stopped, release",
          "[replay][simulate]") {
  CHECK(failing("start", "libxl") ==
        Words{"prepare", "port-created", "start", "stopped", "port-deleted", "release"});
}

TEST_CASE("start hook fails, bhyve: prepare, start only", "[replay][simulate]") {
  CHECK(failing("start", "bhyve") == Words{"prepare", "start"});
}

TEST_CASE("start hook fails, network: start, stopped", "[replay][simulate]") {
  CHECK(failing("start", "qemu", "net-start") == Words{"start", "stopped"});
}

TEST_CASE("process/device start fails: the same", "[replay][simulate]") {
  CHECK(failing(Fault::process, "qemu") == failing("start", "qemu"));
  CHECK(failing(Fault::process, "lxc") == failing("start", "lxc"));
  CHECK(failing(Fault::process, "libxl") == failing("start", "libxl"));
}

TEST_CASE("process/device start fails, bhyve: prepare, start only",
          "[replay][simulate]") {
  CHECK(failing(Fault::process, "bhyve") == Words{"prepare", "start"});
}

TEST_CASE("started hook fails, qemu, lxc: all three, stopped, release failed",
          "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc");
  CHECK(failing("started", driver) == Words{"prepare", "port-created", "start", "started",
                                            "stopped", "port-deleted", "release failed"});
}

TEST_CASE("started hook fails, libxl: all three, stopped, release",
          "[replay][simulate]") {
  CHECK(failing("started", "libxl") == Words{"prepare", "port-created", "start",
                                             "started", "stopped", "port-deleted",
                                             "release"});
}

TEST_CASE("started hook fails, bhyve: all three only", "[replay][simulate]") {
  CHECK(failing("started", "bhyve") == Words{"prepare", "start", "started"});
}

TEST_CASE("started hook fails, network: start, started, stopped", "[replay][simulate]") {
  CHECK(failing("started", "qemu", "net-start") == Words{"start", "started", "stopped"});
}

TEST_CASE("filter hook fails: just migrate / restore", "[replay][simulate]") {
  CHECK(failing("migrate", "qemu", "migrate-in") == Words{"migrate"});
  CHECK(failing("restore", "qemu", "restore") == Words{"restore"});
}

TEST_CASE("filter hook fails, libxl: just migrate", "[replay][simulate]") {
  CHECK(failing("migrate", "libxl", "migrate-in") == Words{"migrate"});
}

TEST_CASE("after a filter a start fails as any other", "[replay][simulate]") {
  CHECK(failing("prepare", "qemu", "migrate-in") ==
        Words{"migrate", "prepare", "stopped", "release failed"});
  CHECK(failing("prepare", "qemu", "restore") ==
        Words{"restore", "prepare", "stopped", "release failed"});
}

TEST_CASE("a start that fails early is cleaned up with the XML as defined",
          "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "prepare";
  CHECK_FALSE(host.play("start"));
  CHECK(host.input("stopped") == kDefined);
  CHECK(host.input("release") == kDefined);
}

TEST_CASE("a process that never ran has no id", "[replay][simulate]") {
  const std::string driver = GENERATE("lxc", "libxl");
  SimulatedHost host(driver);
  host.hooks.failing = "start";
  CHECK_FALSE(host.play("start"));
  CHECK(host.input("stopped") == kLive);
}

TEST_CASE("a container whose started fails has its id at stopped", "[replay][simulate]") {
  SimulatedHost host("lxc");
  host.hooks.failing = "started";
  CHECK_FALSE(host.play("start"));
  CHECK(host.input("stopped") == kLiveWithId);
  CHECK(host.input("release") == kLive);
}

TEST_CASE("bhyve's reboot fails: nothing of prepare", "[replay][simulate]") {
  CHECK(failing("start", "bhyve", "reboot") == Words{"stopped", "release", "start"});
  CHECK(failing("started", "bhyve", "reboot") ==
        Words{"stopped", "release", "start", "started"});
}
