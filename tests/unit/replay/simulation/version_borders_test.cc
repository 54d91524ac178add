// What libvirt called its hooks with on both sides of each change.
#include "tests/unit/replay/simulation/simulation_fixture.h"

using namespace hookjournal;

namespace {

Words sequence(const LibvirtVersion& version, const std::string& driver,
               const std::string& scenario) {
  SimulatedHost host(driver);
  host.setting.version = version;
  CHECK(host.play(scenario));
  return host.operations();
}

}  // namespace

TEST_CASE("qemu: start and stopped since 0.8.0", "[replay][simulate]") {
  CHECK(sequence({0, 7, 7}, "qemu", "lifecycle").empty());
  CHECK(sequence({0, 8, 0}, "qemu", "lifecycle") == Words{"start", "stopped"});
}

TEST_CASE("qemu: prepare and release since 0.9.0", "[replay][simulate]") {
  CHECK(sequence({0, 8, 8}, "qemu", "lifecycle") == Words{"start", "stopped"});
  CHECK(sequence({0, 9, 0}, "qemu", "lifecycle") ==
        Words{"prepare", "start", "stopped", "release"});
}

TEST_CASE("qemu: migrate since 0.9.11", "[replay][simulate]") {
  CHECK(sequence({0, 9, 10}, "qemu", "migrate-in") == Words{"prepare", "start"});
  CHECK(sequence({0, 9, 11}, "qemu", "migrate-in") ==
        Words{"migrate", "prepare", "start"});
}

TEST_CASE("qemu: started, reconnect and attach since 0.9.13", "[replay][simulate]") {
  const std::string scenario = GENERATE("reconnect", "attach");
  CHECK(sequence({0, 9, 12}, "qemu", scenario).empty());
  CHECK(sequence({0, 9, 13}, "qemu", scenario) == Words{scenario});
  CHECK(sequence({0, 9, 12}, "qemu", "start") == Words{"prepare", "start"});
  CHECK(sequence({0, 9, 13}, "qemu", "start") == Words{"prepare", "start", "started"});
}

TEST_CASE("qemu: restore since 1.2.9", "[replay][simulate]") {
  CHECK(sequence({1, 2, 8}, "qemu", "restore") == Words{"prepare", "start", "started"});
  CHECK(sequence({1, 2, 9}, "qemu", "restore") ==
        Words{"restore", "prepare", "start", "started"});
}

TEST_CASE("lxc: only start and stopped before 0.9.13", "[replay][simulate]") {
  CHECK(sequence({0, 9, 12}, "lxc", "lifecycle") == Words{"start", "stopped"});
  CHECK(sequence({0, 9, 12}, "lxc", "reconnect").empty());
  CHECK(sequence({0, 9, 13}, "lxc", "lifecycle") ==
        Words{"prepare", "start", "started", "stopped", "release"});
  CHECK(sequence({0, 9, 13}, "lxc", "reconnect") == Words{"reconnect"});
}

TEST_CASE("release tells its reason since 10.5.0", "[replay][simulate]") {
  const std::string driver = GENERATE("qemu", "lxc");
  CHECK(sequence({10, 4, 0}, driver, "destroy") == Words{"stopped", "release"});
  CHECK(sequence({10, 5, 0}, driver, "destroy") == Words{"stopped", "release destroyed"});
}

TEST_CASE("a network that did not come up is stopped since 11.0.0",
          "[replay][simulate]") {
  const std::string operation = GENERATE("start", "started");
  SimulatedHost host;
  host.hooks.failing = operation;
  host.setting.version = {10, 10, 0};
  CHECK_FALSE(host.play("net-start"));
  CHECK(host.operations().back() == operation);
  host.setting.version = {11, 0, 0};
  CHECK_FALSE(host.play("net-start"));
  CHECK(host.operations().back() == "stopped");
}

TEST_CASE("a managed save is lost to a refusing filter since 11.0.0",
          "[replay][simulate]") {
  SimulatedHost host("qemu");
  std::string text;
  host.hooks.failing = "restore";
  host.setting.tell = [&text](const SimulatedStep& step) { text = step.text; };
  host.setting.version = {10, 10, 0};
  CHECK_FALSE(host.play("managed-save-start"));
  CHECK_THAT(text, ContainsSubstring("the saved image stays"));
  host.setting.version = {11, 0, 0};
  CHECK_FALSE(host.play("managed-save-start"));
  CHECK_THAT(text, ContainsSubstring("its saved state is gone"));
}

TEST_CASE("a hook that a version does not call cannot refuse", "[replay][simulate]") {
  SimulatedHost host("qemu");
  host.setting.version = {0, 8, 0};
  host.hooks.failing = "prepare";
  CHECK(host.play("start"));
  CHECK(host.operations() == Words{"start"});
}
