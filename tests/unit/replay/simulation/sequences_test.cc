// One test for each row of what libvirt calls in which order. The guests have two cards,
// the calls for which stand between their own.
#include "tests/unit/replay/simulation/simulation_fixture.h"

using namespace hookjournal;

namespace {

// The scenario's calls when every hook is fine.
Words sequence(const std::string& driver, const std::string& scenario, int nics = 2) {
  SimulatedHost host(driver, nics);
  CHECK(host.play(scenario));
  return host.operations();
}

Words stopping(const std::string& release) {
  return {"stopped", "port-deleted", "port-deleted", release};
}

// With a fault of the transfer.
Words failed_arrival(const std::string& driver, Fault fault) {
  SimulatedHost host(driver, 1);
  host.setting.fault = fault;
  CHECK_FALSE(host.play("migrate-in"));
  return host.operations();
}

}  // namespace

TEST_CASE("start: prepare, N port-created, start, started", "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc", "libxl");
  CHECK(sequence(driver, "start") ==
        Words{"prepare", "port-created", "port-created", "start", "started"});
}

TEST_CASE("guest shutdown: stopped, N port-deleted, release shutdown",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "shutdown") == stopping("release shutdown"));
  CHECK(sequence("lxc", "shutdown") == stopping("release shutdown"));
}

TEST_CASE("destroy: stopped, N port-deleted, release destroyed", "[replay][simulate]") {
  CHECK(sequence("qemu", "destroy") == stopping("release destroyed"));
  CHECK(sequence("lxc", "destroy") == stopping("release destroyed"));
}

TEST_CASE("crash: stopped, N port-deleted, release crashed", "[replay][simulate]") {
  CHECK(sequence("qemu", "crash") == stopping("release crashed"));
}

TEST_CASE("crash of a container: release shutdown, even on error", "[replay][simulate]") {
  CHECK(sequence("lxc", "crash") == stopping("release shutdown"));
}

TEST_CASE("crash with on_crash=...-destroy, virsh dump --crash: release crashed",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "crash", 0) == Words{"stopped", "release crashed"});
}

TEST_CASE("reboot, on_reboot=restart: none", "[replay][simulate]") {
  CHECK(sequence("qemu", "reboot").empty());
}

TEST_CASE("reset, suspend, resume, core dump, hotplug of non-NIC: none",
          "[replay][simulate]") {
  const std::string event = GENERATE("reset", "suspend", "resume", "dump", "hotplug");
  CHECK(scenario_named(event) == nullptr);
  CHECK_FALSE(is_called("qemu", event, kNewestLibvirt));
}

TEST_CASE("NIC hot-plug: N port-created", "[replay][simulate]") {
  CHECK(sequence("qemu", "port-create") == Words{"port-created", "port-created"});
}

TEST_CASE("NIC unplug: N port-deleted", "[replay][simulate]") {
  CHECK(sequence("qemu", "port-delete") == Words{"port-deleted", "port-deleted"});
}

TEST_CASE("NIC change of network: both", "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  SimulatedNetwork other = a_network("n2");
  CHECK(host.play("port-create"));
  SimulatedLibvirt libvirt(host.hooks, host.setting);
  libvirt.delete_port(host.guest, host.guest.nics[0]);
  host.guest.nics[0].network = &other;
  CHECK(libvirt.create_port(host.guest, host.guest.nics[0]));
  CHECK(host.calls() == Words{"network n1 port-created begin -",
                              "network n1 port-deleted begin -",
                              "network n2 port-created begin -"});
  CHECK(host.network.connections == 0);
  CHECK(other.connections == 1);
}

TEST_CASE("save, managed save: stopped, N, release saved (no save op)",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "save") == stopping("release saved"));
  CHECK_FALSE(is_called("qemu", "save", kNewestLibvirt));
}

TEST_CASE("restore: restore, prepare, N, start, started", "[replay][simulate]") {
  CHECK(sequence("qemu", "restore") ==
        Words{"restore", "prepare", "port-created", "port-created", "start", "started"});
}

TEST_CASE("start with managed save: restore, prepare, N, start, started",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "managed-save-start") ==
        Words{"restore", "prepare", "port-created", "port-created", "start", "started"});
}

TEST_CASE("start, managed-save image incomplete: no restore; normal start",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "start", 0) == Words{"prepare", "start", "started"});
}

TEST_CASE("migrate, source: stopped, N, release migrated", "[replay][simulate]") {
  CHECK(sequence("qemu", "migrate-out") == stopping("release migrated"));
  CHECK(sequence("libxl", "migrate-out") == stopping("release"));
}

TEST_CASE("migrate, source: nothing until the end", "[replay][simulate]") {
  SimulatedHost here("qemu", 2), there;
  here.hooks.printing = "migrate";
  here.hooks.output = "<domain><changed/></domain>\n";
  SimulatedLibvirt source(there.hooks, there.setting);
  CHECK(here.play("migrate-in", &source));
  CHECK(here.operations().back() == "started");
  CHECK(there.operations() == stopping("release migrated"));
  CHECK(there.input("stopped") == kLive);
  CHECK(here.network.connections == 2);
}

TEST_CASE("migrate, source: failed migration: nothing", "[replay][simulate]") {
  const std::string failing = GENERATE("migrate", "prepare", "started", "none");
  SimulatedHost here("qemu", 2), there;
  here.hooks.failing = failing;
  here.setting.fault = failing == "none" ? Fault::transfer : Fault::none;
  SimulatedLibvirt source(there.hooks, there.setting);
  CHECK_FALSE(here.play("migrate-in", &source));
  CHECK(there.calls().empty());
}

TEST_CASE("migrate, destination: started before any memory is transferred",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "migrate-in") ==
        Words{"migrate", "prepare", "port-created", "port-created", "start", "started"});
}

TEST_CASE("migrate fails later, destination: + stopped, N, release failed",
          "[replay][simulate]") {
  const Words calls{"migrate", "prepare", "port-created", "start",
                    "started", "stopped", "port-deleted", "release failed"};
  CHECK(failed_arrival("qemu", Fault::transfer) == calls);
  CHECK(sequence("qemu", "migrate-in-fails", 1) == calls);
}

TEST_CASE("migrate fails later, destination: destroyed when the source connection dies",
          "[replay][simulate]") {
  CHECK(failed_arrival("qemu", Fault::connection).back() == "release destroyed");
}

TEST_CASE("migrate fails later, destination: crashed when QEMU dies",
          "[replay][simulate]") {
  CHECK(failed_arrival("qemu", Fault::crash).back() == "release crashed");
}

TEST_CASE("migrate fails later, destination: a Xen guest has not started yet",
          "[replay][simulate]") {
  const Fault fault = GENERATE(Fault::transfer, Fault::connection, Fault::crash);
  CHECK(failed_arrival("libxl", fault) == Words{"migrate", "prepare", "port-created",
                                                "start", "stopped", "port-deleted",
                                                "release"});
}

TEST_CASE("revert to snapshot of a running guest: release `from snapshot`, then a start",
          "[replay][simulate]") {
  SimulatedHost host("qemu", 1);
  CHECK(host.play("snapshot-revert"));
  CHECK(host.operations() == Words{"stopped", "port-deleted", "release from snapshot",
                                   "prepare", "port-created", "start", "started"});
  CHECK(script_arguments(host.hooks.calls[2])[3] == "from snapshot");
  CHECK_THAT(host.input("prepare"), ContainsSubstring("id='2'"));
}

TEST_CASE("daemon restart, guest alive: reconnect", "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc", "libxl");
  CHECK(sequence(driver, "reconnect") == Words{"reconnect"});
}

TEST_CASE("virtnetworkd's own restart: port-created again for every port",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "port-reclaim") == Words{"port-created", "port-created"});
}

TEST_CASE("daemon restart, guest died meanwhile: stopped, release; no reconnect",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "reconnect-dead") == stopping("release crashed"));
}

TEST_CASE("daemon restart while guest is shutting down: no reconnect; stopped, release",
          "[replay][simulate]") {
  CHECK(sequence("qemu", "shutdown", 0) == Words{"stopped", "release shutdown"});
}

TEST_CASE("reboot of LXC: stopped, release shutdown, prepare, start, started",
          "[replay][simulate]") {
  CHECK(sequence("lxc", "reboot", 1) == Words{"stopped", "port-deleted",
                                              "release shutdown", "prepare",
                                              "port-created", "start", "started"});
}

TEST_CASE("reboot of libxl: the same with -", "[replay][simulate]") {
  CHECK(sequence("libxl", "reboot", 1) == Words{"stopped", "port-deleted", "release",
                                                "prepare", "port-created", "start",
                                                "started"});
}

TEST_CASE("reboot of bhyve: stopped, release, start, started without prepare",
          "[replay][simulate]") {
  CHECK(sequence("bhyve", "reboot") == Words{"stopped", "release", "start", "started"});
}

TEST_CASE("a guest's second life has another id", "[replay][simulate]") {
  SimulatedHost host("lxc");
  CHECK(host.play("reboot"));
  CHECK_THAT(host.input("stopped"), ContainsSubstring("id='1'"));
  CHECK_THAT(host.input("started"), ContainsSubstring("id='2'"));
}
