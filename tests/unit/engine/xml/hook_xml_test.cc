#include "engine/xml/hook_xml.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

TEST_CASE("a guest's input names the guest", "[engine]") {
  const auto summary = summarize_input(R"(<?xml version='1.0'?>
<!-- a comment -->
<domain type='kvm' id='3'>
  <name>win 11 &amp; co</name>
  <uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid>
  <devices><disk><name>not this</name></disk></devices>
</domain>)");
  REQUIRE(summary);
  CHECK(summary->root == "domain");
  CHECK(summary->type == "kvm");
  CHECK(summary->name == "win 11 & co");
  CHECK(summary->uuid == "d54df46f-1ab5-4a22-8618-4560ef5fac2c");
  CHECK(summary->port_owner.empty());
}

TEST_CASE("a network's input names the network inside hookData", "[engine]") {
  const auto summary = summarize_input(R"(<hookData>
  <network connections='1'>
    <name>default</name>
    <uuid>5d744f21-ba4a-4d6e-bdb2-30a35ff3207d</uuid>
  </network>
</hookData>)");
  REQUIRE(summary);
  CHECK(summary->root == "hookData");
  CHECK(summary->type.empty());
  CHECK(summary->name == "default");
  CHECK(summary->uuid == "5d744f21-ba4a-4d6e-bdb2-30a35ff3207d");
  CHECK(summary->port_owner.empty());
}

TEST_CASE("a network port's input names the guest it belongs to", "[engine]") {
  const auto summary = summarize_input(R"(<hookData>
  <network><name>default</name><uuid>u</uuid></network>
  <networkport>
    <uuid>other</uuid>
    <owner><name>memtest</name><uuid>another</uuid></owner>
    <mac address='52:54:00:7b:35:93'/>
  </networkport>
</hookData>)");
  REQUIRE(summary);
  CHECK(summary->name == "default");
  CHECK(summary->uuid == "u");
  CHECK(summary->port_owner == "memtest");
}

TEST_CASE("a port without an owner, and hookData without a network, are summarized",
          "[engine]") {
  const auto port = summarize_input(
      "<hookData><network/><networkport><uuid/></networkport></hookData>");
  REQUIRE(port);
  CHECK(port->port_owner.empty());
  CHECK(port->name.empty());
  const auto empty = summarize_input("<hookData/>");
  REQUIRE(empty);
  CHECK(empty->root == "hookData");
  CHECK(empty->name.empty());
}

TEST_CASE("XML of another kind gives its root", "[engine]") {
  const auto summary = summarize_input("<domainsnapshot><name>s</name></domainsnapshot>");
  REQUIRE(summary);
  CHECK(summary->root == "domainsnapshot");
  CHECK(summary->name == "s");
}

TEST_CASE("what is no well-formed XML has no summary", "[engine]") {
  const std::string text = GENERATE("", " \n", "garbage", "<domain", "<domain>",
                                    "<domain></network>", "<domain><name>x</domain>",
                                    "<!-- only a comment -->", "<?xml version='1.0'?>");
  CHECK_FALSE(summarize_input(text));
}

TEST_CASE("a cut input has no summary, wherever it was cut", "[engine]") {
  const std::string whole =
      "<domain type='kvm'><name>g</name><uuid>u</uuid><os/></domain>";
  REQUIRE(summarize_input(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    CHECK_FALSE(summarize_input(whole.substr(0, length)));
  }
}
