#include "engine/xml/xml_path.h"

#include <fstream>

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/temp_folder.h"

namespace hookjournal {
namespace {

const std::string kGuest =
    "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
    "  <name>win11</name><vcpu>8</vcpu>\n"
    "  <devices>\n"
    "    <disk><source file='/srv/images/win11.qcow2'/></disk>\n"
    "    <interface type='bridge'><source bridge='br0'/></interface>\n"
    "    <hostdev mode='subsystem'/>\n"
    "  </devices>\n"
    "  <qemu:commandline><qemu:arg value='-s'/></qemu:commandline>\n"
    "</domain>\n";

bool matches(const std::string& expression, const std::string& document = kGuest) {
  return XmlPath(expression).matches(document);
}

// What the refusal says.
std::string refusal(const std::string& expression) {
  try {
    matches(expression);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("an XPath matches what it selects or states", "[engine][xml]") {
  CHECK(matches("/domain/devices/interface/source/@bridge='br0'"));
  CHECK(matches("//hostdev"));
  CHECK(matches("//source[@bridge='br0']"));
  CHECK(matches("//source[contains(@file, '/srv/')]"));
  CHECK(matches("/domain/vcpu > 4"));
  CHECK(matches("//hostdev or //filesystem"));
  CHECK(matches("//qemu:arg[@value='-s']"));
  CHECK_FALSE(matches("/domain/devices/interface/source/@bridge='br1'"));
  CHECK_FALSE(matches("//filesystem"));
  CHECK_FALSE(matches("/domain/vcpu > 8"));
  CHECK_FALSE(matches("//qemu:arg", "<domain><name>plain</name></domain>"));
}

TEST_CASE("what is no XPath is refused with the reason", "[engine][xml]") {
  CHECK(refusal("//disk[").find("'//disk[': it is no XPath: ") == 0);
  CHECK_FALSE(refusal("").empty());
  CHECK(refusal("containz(., 'x')").find("no XPath") != std::string::npos);
  CHECK(refusal("//hostdev").empty());
}

TEST_CASE("what is not well-formed matches no XPath", "[engine][xml]") {
  CHECK_FALSE(matches("//hostdev", ""));
  CHECK_FALSE(matches("//hostdev", "<domain><hostdev/>"));
  CHECK_FALSE(matches("true()", std::string(100, '\0')));
}

TEST_CASE("no document makes an XPath read a file or grow", "[engine][xml]") {
  const TempFolder folder;
  std::ofstream(folder / "secret") << "<hostdev/>";
  const std::string outside = "<!DOCTYPE domain [<!ENTITY outside SYSTEM 'file://" +
                              (folder / "secret").string() +
                              "'>]><domain>&outside;</domain>";
  CHECK_FALSE(matches("//hostdev", outside));

  std::string bomb = "<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaa'>";
  for (char name = 'b'; name <= 'j'; ++name) {
    bomb += std::string("<!ENTITY ") + name + " '";
    for (int i = 0; i < 10; ++i)
      bomb += std::string("&") + static_cast<char>(name - 1) + ";";
    bomb += "'>";
  }
  bomb += "]><domain><name>&j;</name></domain>";
  CHECK_FALSE(matches("contains(//name, 'b')", bomb));
}

}  // namespace hookjournal
