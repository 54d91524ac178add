#include "engine/consequence.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

HookCall call(const std::string& driver, const std::string& operation) {
  return {.driver = driver, .object = "g", .operation = operation};
}

// The word for a call that failed, by what is known beside it.
std::string failed(const std::string& driver, const std::string& operation,
                   Circumstances circumstances = {}) {
  circumstances.failed = true;
  return std::string(to_string(consequence_of(call(driver, operation), circumstances)));
}

std::string succeeded_with(const std::string& driver, const std::string& operation,
                           Circumstances circumstances) {
  circumstances.failed = false;
  return std::string(to_string(consequence_of(call(driver, operation), circumstances)));
}

}  // namespace

TEST_CASE("a failing prepare or start refuses the start", "[engine]") {
  const std::string driver = GENERATE("qemu", "lxc", "libxl", "bhyve");
  CHECK(failed(driver, "prepare", {.incoming = false}) == "start-refused");
  CHECK(failed(driver, "start", {.incoming = false}) == "start-refused");
}

TEST_CASE("a failing started undoes the start", "[engine]") {
  const std::string driver = GENERATE("qemu", "lxc", "libxl", "bhyve");
  CHECK(failed(driver, "started", {.incoming = false}) == "start-undone");
}

TEST_CASE("prepare, start and started of an incoming migration refuse the migration",
          "[engine]") {
  const std::string driver = GENERATE("qemu", "libxl");
  const std::string operation = GENERATE("prepare", "start", "started");
  CHECK(failed(driver, operation, {.incoming = true}) == "migration-refused");
}

TEST_CASE("while nobody knows whether a start is an incoming migration it is unknown",
          "[engine]") {
  const std::string driver = GENERATE("qemu", "libxl");
  const std::string operation = GENERATE("prepare", "start", "started");
  CHECK(failed(driver, operation) == "unknown");
}

TEST_CASE("drivers that cannot migrate need no further fact", "[engine]") {
  const std::string driver = GENERATE("lxc", "bhyve");
  CHECK(failed(driver, "prepare") == "start-refused");
  CHECK(failed(driver, "start") == "start-refused");
  CHECK(failed(driver, "started") == "start-undone");
}

TEST_CASE("failures after a guest's end are ignored", "[engine]") {
  const std::string driver = GENERATE("qemu", "lxc", "libxl", "bhyve");
  CHECK(failed(driver, "stopped") == "ignored");
  CHECK(failed(driver, "release") == "ignored");
}

TEST_CASE("a failing reconnect kills the guest, but libxl only forgets it", "[engine]") {
  CHECK(failed("qemu", "reconnect") == "guest-killed");
  CHECK(failed("lxc", "reconnect") == "guest-killed");
  CHECK(failed("libxl", "reconnect") == "guest-forgotten");
}

TEST_CASE("a failing filter refuses the migration or the restore", "[engine]") {
  CHECK(failed("qemu", "migrate") == "migration-refused");
  CHECK(failed("libxl", "migrate") == "migration-refused");
  CHECK(failed("qemu", "restore") == "restore-refused");
}

TEST_CASE("a failing filter refuses however good its output was", "[engine]") {
  CHECK(failed("qemu", "migrate", {.output_valid = true, .has_output = true}) ==
        "migration-refused");
  CHECK(failed("qemu", "restore", {.output_valid = true, .has_output = true}) ==
        "restore-refused");
}

TEST_CASE("a filter with exit 0 whose output libvirt cannot use refuses", "[engine]") {
  const Circumstances invalid{.output_valid = false, .has_output = true};
  CHECK(succeeded_with("qemu", "migrate", invalid) == "migration-refused");
  CHECK(succeeded_with("libxl", "migrate", invalid) == "migration-refused");
  CHECK(succeeded_with("qemu", "restore", invalid) == "restore-refused");
}

TEST_CASE("a filter with a usable output has no consequence", "[engine]") {
  const Circumstances valid{.output_valid = true, .has_output = true};
  CHECK(succeeded_with("qemu", "migrate", valid) == "none");
  CHECK(succeeded_with("libxl", "migrate", valid) == "none");
  CHECK(succeeded_with("qemu", "restore", valid) == "none");
}

TEST_CASE("while nobody has judged a filter's output it is unknown", "[engine]") {
  const Circumstances unjudged{.has_output = true};
  CHECK(succeeded_with("qemu", "migrate", unjudged) == "unknown");
  CHECK(succeeded_with("qemu", "restore", unjudged) == "unknown");
}

TEST_CASE("a filter that printed nothing has no consequence", "[engine]") {
  CHECK(succeeded_with("qemu", "migrate", {}) == "none");
  CHECK(succeeded_with("qemu", "restore", {}) == "none");
}

TEST_CASE("what other operations print is not judged", "[engine]") {
  CHECK(succeeded_with("qemu", "prepare", {.output_valid = false, .has_output = true}) ==
        "none");
}

TEST_CASE("a network does not start when start or started fails", "[engine]") {
  CHECK(failed("network", "start") == "network-start-refused");
  CHECK(failed("network", "started") == "network-start-refused");
  CHECK(failed("network", "stopped") == "ignored");
}

TEST_CASE("a failing updated is reported, though the change stays", "[engine]") {
  CHECK(failed("network", "updated") == "update-reported");
}

TEST_CASE("a failing port-created refuses a new port, not one taken over at daemon start",
          "[engine]") {
  const std::string operation = GENERATE("port-created", "plugged");
  CHECK(failed("network", operation, {.port_is_new = true}) == "port-refused");
  CHECK(failed("network", operation, {.port_is_new = false}) == "ignored");
  CHECK(failed("network", operation) == "unknown");
}

TEST_CASE("a failing port-deleted is ignored", "[engine]") {
  CHECK(failed("network", "port-deleted") == "ignored");
  CHECK(failed("network", "unplugged") == "ignored");
}

TEST_CASE("a failing hook of the daemon itself is ignored, whatever it is about",
          "[engine]") {
  CHECK(failed("daemon", "start") == "ignored");
  CHECK(failed("daemon", "shutdown") == "ignored");
  CHECK(failed("daemon", "reload") == "ignored");
  CHECK(failed("daemon", "hibernate") == "ignored");
}

TEST_CASE("what libvirt 10.7 does not know is unknown when it fails", "[engine]") {
  const auto [driver, operation] = GENERATE(table<std::string, std::string>({
      {"qemu", "attach"},     // no call site since 5.5.0
      {"qemu", "startcpus"},  // a fork's
      {"qemu", "port-created"},
      {"lxc", "migrate"},
      {"lxc", "restore"},
      {"libxl", "restore"},
      {"bhyve", "reconnect"},
      {"bhyve", "migrate"},
      {"network", "prepare"},
      {"kvmtool", "prepare"},
      {"", ""},
  }));
  CHECK(failed(driver, operation,
               {.output_valid = true, .incoming = false, .port_is_new = true}) ==
        "unknown");
}

TEST_CASE("the output of a filter libvirt 10.7 does not know is unknown", "[engine]") {
  CHECK(succeeded_with("kvmtool", "migrate",
                       {.output_valid = false, .has_output = true}) == "unknown");
  CHECK(succeeded_with("kvmtool", "migrate", {}) == "none");
}

TEST_CASE("a call that succeeded has no consequence", "[engine]") {
  const auto [driver, operation] = GENERATE(table<std::string, std::string>({
      {"daemon", "start"},
      {"qemu", "prepare"},
      {"qemu", "started"},
      {"qemu", "reconnect"},
      {"qemu", "release"},
      {"qemu", "attach"},
      {"lxc", "start"},
      {"libxl", "reconnect"},
      {"bhyve", "prepare"},
      {"network", "port-created"},
      {"network", "updated"},
      {"kvmtool", "teleported"},
  }));
  CHECK(succeeded_with(driver, operation, {}) == "none");
}

TEST_CASE("every consequence has a word of its own and is found by it", "[engine]") {
  for (int number = 0; number <= static_cast<int>(Consequence::unknown); ++number) {
    const auto consequence = static_cast<Consequence>(number);
    CHECK(consequence_named(to_string(consequence)) == consequence);
  }
  CHECK(to_string(Consequence::network_start_refused) == "network-start-refused");
  CHECK_FALSE(consequence_named("refused"));
  CHECK_FALSE(consequence_named(""));
}
