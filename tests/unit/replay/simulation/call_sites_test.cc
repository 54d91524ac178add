// One test for each row of guests and daemons among libvirt's call sites: what the
// scripts are called with, what they read, what their failure does.
#include "tests/unit/replay/simulation/simulation_fixture.h"

using namespace hookjournal;

// --- daemon ----------------------------------------------------------------------------

TEST_CASE("daemon start - start: no input, failure ignored", "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "start";
  CHECK(host.play("daemon-start"));
  CHECK(host.calls() == Words{"daemon - start - start"});
  CHECK(host.input("start") == "no input");
}

TEST_CASE("daemon reload begin SIGHUP: no input, failure ignored", "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "reload";
  CHECK(host.play("daemon-reload"));
  CHECK(host.calls() == Words{"daemon - reload begin SIGHUP"});
  CHECK(host.input("reload") == "no input");
}

TEST_CASE("daemon shutdown - shutdown: no input, failure ignored", "[replay][simulate]") {
  SimulatedHost host;
  host.hooks.failing = "shutdown";
  CHECK(host.play("daemon-shutdown"));
  CHECK(host.calls() == Words{"daemon - shutdown - shutdown"});
  CHECK(host.input("shutdown") == "no input");
}

// --- qemu ------------------------------------------------------------------------------

TEST_CASE("qemu prepare begin -: an id, no aliases yet; start fails",
          "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "prepare";
  CHECK_FALSE(host.play("start"));
  CHECK(host.calls().front() == "qemu g1 prepare begin -");
  CHECK(host.input("prepare") == kDefinedWithId);
}

TEST_CASE("qemu start begin -: live XML with an id; start fails", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "start";
  CHECK_FALSE(host.play("start"));
  CHECK(host.calls()[1] == "qemu g1 start begin -");
  CHECK(host.input("start") == kLiveWithId);
}

TEST_CASE("qemu started begin -: guest killed, start fails", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "started";
  CHECK_FALSE(host.play("start"));
  CHECK(host.calls()[2] == "qemu g1 started begin -");
  CHECK(host.input("started") == kLiveWithId);
  CHECK(host.input("stopped") == kLive);
}

TEST_CASE("qemu stopped end -: the id is gone; ignored", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "stopped";
  CHECK(host.play("shutdown"));
  CHECK(host.calls().front() == "qemu g1 stopped end -");
  CHECK(host.input("stopped") == kLive);
}

TEST_CASE("qemu release end <reason>: last step; ignored", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "release";
  CHECK(host.play("shutdown"));
  CHECK(host.calls().back() == "qemu g1 release end shutdown");
  CHECK(host.input("release") == kLive);
}

TEST_CASE("qemu release end -: no reason before 10.5.0", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.setting.version = {10, 4, 0};
  CHECK(host.play("shutdown"));
  CHECK(host.calls().back() == "qemu g1 release end -");
}

TEST_CASE("qemu reconnect begin -: guest killed, then stopped + release end daemon",
          "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "reconnect";
  CHECK_FALSE(host.play("reconnect"));
  CHECK(host.calls() == Words{"qemu g1 reconnect begin -", "qemu g1 stopped end -",
                              "qemu g1 release end daemon"});
  CHECK(host.input("reconnect") == kLiveWithId);
}

TEST_CASE("qemu migrate begin -: output captured", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.printing = "migrate";
  host.hooks.output = "<?xml version='1.0'?>\n<domain type='kvm' id='7'><x/></domain>";
  CHECK(host.play("migrate-in"));
  CHECK(host.calls().front() == "qemu g1 migrate begin -");
  CHECK(host.input("migrate") == kDefined);
  CHECK(host.input("prepare") == "<domain type='kvm' id='1'><x/></domain>\n");
  CHECK(host.input("start") == "<domain type='kvm' id='1'><x/></domain>\n");
}

TEST_CASE("qemu migrate begin -: migration refused", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "migrate";
  CHECK_FALSE(host.play("migrate-in"));
  CHECK(host.operations() == Words{"migrate"});
}

TEST_CASE("qemu restore begin -: output captured", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.printing = "restore";
  host.hooks.output = "<domain type='kvm'><x/></domain>\n";
  CHECK(host.play("restore"));
  CHECK(host.calls().front() == "qemu g1 restore begin -");
  CHECK(host.input("restore") == kDefined);
  CHECK(host.input("prepare") == "<domain type='kvm' id='1'><x/></domain>\n");
}

TEST_CASE("qemu restore begin -: restore refused", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.failing = "restore";
  CHECK_FALSE(host.play("restore"));
  CHECK_FALSE(host.play("managed-save-start"));
  CHECK(host.operations() == Words{"restore", "restore"});
}

TEST_CASE("qemu restore begin -: an output libvirt cannot take refuses too",
          "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.printing = "restore";
  host.hooks.output = "<network/>";
  host.setting.refuses = [](const HookCall&, const std::string& output) {
    return std::optional<std::string>("XML error: " + output);
  };
  std::vector<std::string> errors;
  host.setting.tell = [&](const SimulatedStep& step) { errors.push_back(step.error); };
  CHECK_FALSE(host.play("restore"));
  CHECK(errors == Words{"XML error: <network/>"});
}

TEST_CASE("only migrate and restore have their output captured", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.hooks.printing = "prepare";
  host.hooks.output = "<domain/>";
  host.setting.refuses = [](const HookCall&, const std::string&) {
    return std::optional<std::string>("never asked");
  };
  CHECK(host.play("start"));
  CHECK(host.input("start") == kLiveWithId);
}

TEST_CASE("qemu attach begin -: no call site since 5.5.0", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.setting.version = {5, 5, 0};
  CHECK_FALSE(host.play("attach"));
  CHECK(host.calls().empty());
}

TEST_CASE("qemu attach begin -: called before 5.5.0, and the process lives on",
          "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.setting.version = {5, 4, 0};
  host.hooks.failing = "attach";
  CHECK_FALSE(host.play("attach"));
  CHECK(host.calls() == Words{"qemu g1 attach begin -"});
  CHECK(host.input("attach") == kLiveWithId);
}

// --- lxc -------------------------------------------------------------------------------

TEST_CASE("lxc prepare / start / started begin -: start fails", "[replay][simulate]") {
  const std::string operation = GENERATE("prepare", "start", "started");
  SimulatedHost host("lxc");
  host.hooks.failing = operation;
  CHECK_FALSE(host.play("start"));
  CHECK_THAT(host.calls(),
             Catch::Matchers::VectorContains("lxc g1 " + operation + " begin -"));
}

TEST_CASE("lxc prepare / start / started begin -: an id from started on",
          "[replay][simulate]") {
  SimulatedHost host("lxc");
  CHECK(host.play("start"));
  CHECK(host.input("prepare") == kDefined);
  CHECK(host.input("start") == kLive);
  CHECK(host.input("started") == kLiveWithId);
}

TEST_CASE("lxc stopped end -, release end <reason>: the id is still in stopped's XML",
          "[replay][simulate]") {
  SimulatedHost host("lxc");
  CHECK(host.play("destroy"));
  CHECK(host.calls() == Words{"lxc g1 stopped end -", "lxc g1 release end destroyed"});
  CHECK(host.input("stopped") == kLiveWithId);
  CHECK(host.input("release") == kLive);
}

TEST_CASE("lxc release end -: no reason before 10.5.0", "[replay][simulate]") {
  SimulatedHost host("lxc");
  host.setting.version = {10, 4, 0};
  CHECK(host.play("destroy"));
  CHECK(host.calls().back() == "lxc g1 release end -");
}

TEST_CASE("lxc reconnect begin -: container killed, then stopped + release end failed",
          "[replay][simulate]") {
  SimulatedHost host("lxc");
  host.hooks.failing = "reconnect";
  CHECK_FALSE(host.play("reconnect"));
  CHECK(host.calls() == Words{"lxc g1 reconnect begin -", "lxc g1 stopped end -",
                              "lxc g1 release end failed"});
  CHECK(host.input("reconnect") == kLiveWithId);
}

TEST_CASE("lxc has neither migrate nor restore nor save", "[replay][simulate]") {
  const std::string scenario =
      GENERATE("migrate-in", "migrate-out", "restore", "save", "snapshot-revert");
  CHECK_THAT(scenario_named(scenario)->drivers,
             !Catch::Matchers::VectorContains(std::string_view("lxc")));
}
