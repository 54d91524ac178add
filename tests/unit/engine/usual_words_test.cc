#include "engine/usual_words.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

struct Row {
  const char *driver, *operation, *suboperation, *extra;
};

// libvirt-hooks: call sites.
constexpr Row kRows[] = {
    {"daemon", "start", "-", "start"},         {"daemon", "reload", "begin", "SIGHUP"},
    {"daemon", "shutdown", "-", "shutdown"},   {"qemu", "prepare", "begin", "-"},
    {"qemu", "start", "begin", "-"},           {"qemu", "started", "begin", "-"},
    {"qemu", "stopped", "end", "-"},           {"qemu", "release", "end", "-"},
    {"qemu", "reconnect", "begin", "-"},       {"qemu", "migrate", "begin", "-"},
    {"qemu", "restore", "begin", "-"},         {"qemu", "attach", "begin", "-"},
    {"lxc", "reconnect", "begin", "-"},        {"libxl", "release", "end", "-"},
    {"bhyve", "stopped", "end", "-"},          {"network", "start", "begin", "-"},
    {"network", "started", "begin", "-"},      {"network", "stopped", "end", "-"},
    {"network", "updated", "begin", "-"},      {"network", "port-created", "begin", "-"},
    {"network", "port-deleted", "begin", "-"}, {"network", "plugged", "begin", "-"},
    {"network", "unplugged", "begin", "-"},    {"qemu", "startcpus", "-", "-"},
    {"acrn", "prepare", "begin", "-"},
};

}  // namespace

TEST_CASE("what a person leaves out is what libvirt passes", "[engine]") {
  for (const Row& row : kRows) {
    INFO(row.driver << " " << row.operation);
    CHECK(usual_suboperation(row.driver, row.operation) == row.suboperation);
    CHECK(usual_extra(row.driver, row.operation) == row.extra);
  }
}
