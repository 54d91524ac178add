#include "replay/guest_files.h"

#include "tests/unit/catch.h"

using namespace hookjournal;
using Names = std::vector<std::string>;

namespace {

const std::string kGuest =
    "<domain type='kvm' id='3'>\n  <name>win11</name>\n  <devices>\n"
    "    <disk><target dev='vda' bus='virtio'/></disk>\n"
    "    <interface type='bridge'><source bridge='br0'/><target "
    "dev='vnet7'/></interface>\n"
    "    <interface type='network'><source network='default' bridge='virbr0'/>"
    "<target dev='vnet8'/></interface>\n"
    "    <interface type='bridge'><source bridge='br0'/></interface>\n"
    "  </devices>\n</domain>\n";

const std::string kNetwork =
    "<hookData>\n  <network connections='2'>\n    <name>lan</name>\n"
    "    <bridge name='virbr5' stp='on'/>\n  </network>\n"
    "  <networkport><plug type='network' bridge='virbr6'/></networkport>\n</hookData>";

HookCall call(const std::string& driver, const std::string& object,
              const std::string& input, const std::string& operation = "prepare") {
  return {.driver = driver, .object = object, .operation = operation, .input = input};
}

NamedLinks links(const std::string& input) {
  NamedLinks found;
  add_links(call("qemu", "g", input), found);
  return found;
}

}  // namespace

TEST_CASE("a guest's definition lies where its driver keeps it, as libvirt writes it",
          "[replay]") {
  const auto file = definition_file(call("qemu", "win11", kGuest));
  REQUIRE(file);
  CHECK(file->path == "/etc/libvirt/qemu/win11.xml");
  CHECK(file->mode == 0600);
  CHECK_THAT(file->bytes, Catch::Matchers::StartsWith(
                              "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE."));
  CHECK_THAT(file->bytes,
             ContainsSubstring("\n  virsh edit win11\nor other application"));
  CHECK_THAT(file->bytes,
             ContainsSubstring("-->\n\n<domain type='kvm'>\n  <name>win11<"));
  CHECK(definition_file(call("lxc", "c", kGuest))->path == "/etc/libvirt/lxc/c.xml");
  CHECK(definition_file(call("libxl", "x", kGuest))->path == "/etc/libvirt/libxl/x.xml");
}

TEST_CASE("a network's definition is taken out of what is around it", "[replay]") {
  const auto file = definition_file(call("network", "lan", kNetwork, "start"));
  REQUIRE(file);
  CHECK(file->path == "/etc/libvirt/qemu/networks/lan.xml");
  CHECK_THAT(file->bytes, ContainsSubstring("  virsh net-edit lan\n"));
  CHECK_THAT(file->bytes, Catch::Matchers::EndsWith(
                              "-->\n\n<network>\n  <name>lan</name>\n"
                              "  <bridge name='virbr5' stp='on'/>\n</network>\n"));
}

TEST_CASE("no definition is laid where there is none", "[replay]") {
  CHECK_FALSE(definition_file(call("bhyve", "g", kGuest)));
  CHECK_FALSE(definition_file(call("daemon", "-", kGuest)));
  CHECK_FALSE(definition_file({.driver = "qemu", .object = "g", .operation = "prepare"}));
  CHECK_FALSE(definition_file(call("qemu", "g", "")));
  CHECK_FALSE(definition_file(call("qemu", "g", "<domain>")));
  CHECK_FALSE(definition_file(call("qemu", "g", "<network/>")));
  CHECK_FALSE(definition_file(call("network", "n", "<hookData/>")));
  // The destination of a migration has none yet.
  CHECK_FALSE(definition_file(call("qemu", "g", kGuest, "migrate")));
}

TEST_CASE("a recorded name leads to no other file", "[replay]") {
  const std::string name =
      GENERATE(as<std::string>{}, "", ".", "..", "../../etc/passwd", "a/b", "/etc/shadow",
               std::string("a\0b", 3), std::string(300, 'x'));
  CHECK_FALSE(is_file_name(name));
  CHECK_FALSE(definition_file(call("qemu", name, kGuest)));
  CHECK_FALSE(definition_file(call("network", name, kNetwork)));
}

TEST_CASE("a name cannot end the comment it stands in", "[replay]") {
  const auto file = definition_file(call("qemu", "a-->b", kGuest));
  REQUIRE(file);
  CHECK_THAT(file->bytes, ContainsSubstring("  virsh edit\nor other"));
}

TEST_CASE("the links an input names are found, each once", "[replay]") {
  CHECK(links(kGuest).bridges == Names{"br0", "virbr0"});
  CHECK(links(kGuest).taps == Names{"vnet7", "vnet8"});
  CHECK(links(kNetwork).bridges == Names{"virbr5", "virbr6"});
  CHECK(links("<hookData><interface><target dev='t1'/></interface><network/>"
              "</hookData>")
            .taps == Names{"t1"});
  CHECK(links("no xml").bridges.empty());
}

TEST_CASE("a link's name that no kernel would take is left out", "[replay]") {
  const std::string name =
      GENERATE("", ".", "..", "lo", "a/b", "a b", "sixteen-letters-", "a:1");
  CHECK(links("<hookData><network><bridge name='" + name + "'/></network></hookData>")
            .bridges.empty());
}
