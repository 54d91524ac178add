#include "replay/simulation/domain_text.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

// --- id --------------------------------------------------------------------------------

TEST_CASE("an id is written behind the type, as libvirt does", "[replay][simulate]") {
  CHECK(with_id("<domain type='kvm'>\n</domain>", 3) ==
        "<domain type='kvm' id='3'>\n</domain>");
  CHECK(with_id("<domain xmlns:q='u' type='kvm'/>", 3) ==
        "<domain xmlns:q='u' type='kvm' id='3'/>");
}

TEST_CASE("an id of a root without a type comes first", "[replay][simulate]") {
  CHECK(with_id("<domain>\n</domain>", 3) == "<domain id='3'>\n</domain>");
  CHECK(with_id("<domain/>", 3) == "<domain id='3'/>");
  CHECK(with_id("<domain\n  a='b'>", 3) == "<domain id='3'\n  a='b'>");
}

TEST_CASE("an id replaces the one that is there", "[replay][simulate]") {
  CHECK(with_id("<domain type='kvm' id='14'>", 3) == "<domain type='kvm' id='3'>");
  CHECK(with_id("<domain id = \"14\" type=\"kvm\">", 3) ==
        "<domain id='3' type=\"kvm\">");
}

TEST_CASE("the id -1 takes it away", "[replay][simulate]") {
  CHECK(with_id("<domain type='kvm' id='14'>", -1) == "<domain type='kvm'>");
  CHECK(with_id("<domain id='14' type='kvm'>", -1) == "<domain type='kvm'>");
  CHECK(with_id("<domain type='kvm'>", -1) == "<domain type='kvm'>");
}

TEST_CASE("a > inside quotes does not end a tag", "[replay][simulate]") {
  CHECK(with_id("<domain a='x>y' id='1' b=\"it's>\">text</domain>", 3) ==
        "<domain a='x>y' id='3' b=\"it's>\">text</domain>");
}

TEST_CASE("what looks like an id inside a value is none", "[replay][simulate]") {
  CHECK(with_id("<domain a=' id=\"9\"' type='kvm'>", 3) ==
        "<domain a=' id=\"9\"' type='kvm' id='3'>");
  CHECK(with_id("<domain identity='9' x:id='8' uid='7'>", -1) ==
        "<domain identity='9' x:id='8' uid='7'>");
}

TEST_CASE("an id in other elements stays", "[replay][simulate]") {
  const std::string inner = "<seclabel id='5'/><name id='6'>g</name></domain>";
  CHECK(with_id("<domain>" + inner, 3) == "<domain id='3'>" + inner);
  CHECK(with_id("<domain>" + inner, -1) == "<domain>" + inner);
}

TEST_CASE("what precedes the root is passed over", "[replay][simulate]") {
  const std::string before =
      "<?xml version='1.0' id='1'?>\n<!-- <domain id='2'> it's -->\n<!DOCTYPE domain "
      "SYSTEM \"a>b\">\n";
  CHECK(with_id(before + "<domain/>", 3) == before + "<domain id='3'/>");
}

TEST_CASE("a DOCTYPE with declarations of its own is passed over", "[replay][simulate]") {
  const std::string before = "<!DOCTYPE domain [\n  <!ENTITY e '<domain>'>\n]>\n";
  CHECK(with_id(before + "<domain/>", 3) == before + "<domain id='3'/>");
}

TEST_CASE("an id among CRLF lines leaves them", "[replay][simulate]") {
  CHECK(with_id("<domain\r\n  type='kvm'\r\n>\r\n</domain>\r\n", 3) ==
        "<domain\r\n  type='kvm' id='3'\r\n>\r\n</domain>\r\n");
}

TEST_CASE("text without any element stays as it is", "[replay][simulate]") {
  CHECK(with_id("", 3).empty());
  CHECK(with_id("no XML", 3) == "no XML");
  CHECK(with_root_attribute("<!-- only this", "a", "b") == "<!-- only this");
  CHECK(with_identity("no XML", "g", "u") == "no XML");
  CHECK(as_libvirt_writes("no XML") == "no XML");
}

// --- name and UUID ---------------------------------------------------------------------

TEST_CASE("name and UUID are replaced, every other byte stays", "[replay][simulate]") {
  CHECK(with_identity("<domain>\n <name>g1</name>\t<uuid>old</uuid> <x/>\n</domain>",
                      "g2", "new") ==
        "<domain>\n <name>g2</name>\t<uuid>new</uuid> <x/>\n</domain>");
}

TEST_CASE("a name is escaped", "[replay][simulate]") {
  CHECK(with_identity("<domain><name>g</name><uuid>u</uuid></domain>", "a<b>&c", "u") ==
        "<domain><name>a&lt;b&gt;&amp;c</name><uuid>u</uuid></domain>");
}

TEST_CASE("a missing uuid is put in after the name", "[replay][simulate]") {
  CHECK(with_identity("<domain>\n  <name>g1</name>\n</domain>", "g2", "new") ==
        "<domain>\n  <name>g2</name>\n  <uuid>new</uuid>\n</domain>");
}

TEST_CASE("names and UUIDs deeper down stay", "[replay][simulate]") {
  const std::string deeper =
      "<metadata><name>m</name><a><uuid>m</uuid></a></metadata><b><name>b</name></b>";
  CHECK(with_identity("<domain>" + deeper + "<name>g1</name></domain>", "g2", "new") ==
        "<domain>" + deeper + "<name>g2</name>\n  <uuid>new</uuid></domain>");
}

TEST_CASE("an element whose name only begins like it is another", "[replay][simulate]") {
  CHECK(with_identity("<domain><names>n</names><name>g1</name><uuid>u</uuid></domain>",
                      "g2", "new") ==
        "<domain><names>n</names><name>g2</name><uuid>new</uuid></domain>");
}

TEST_CASE("empty elements and > inside quotes do not upset the depth",
          "[replay][simulate]") {
  CHECK(with_identity("<domain><a b='/>'><c d='</a>'/></a><name>g1</name><uuid>u</uuid>"
                      "</domain>",
                      "g2", "new") ==
        "<domain><a b='/>'><c d='</a>'/></a><name>g2</name><uuid>new</uuid></domain>");
}

TEST_CASE("names in comments, CDATA and instructions are none", "[replay][simulate]") {
  const std::string none =
      "<!-- <name>c</name> --><?p <name>p</name>?><d><![CDATA[<name>d</name>]]></d>";
  CHECK(with_identity("<domain>" + none + "<name>g1</name><uuid>u</uuid></domain>", "g2",
                      "new") ==
        "<domain>" + none + "<name>g2</name><uuid>new</uuid></domain>");
}

TEST_CASE("a name with an attribute or in CDATA is replaced whole",
          "[replay][simulate]") {
  CHECK(with_identity(
            "<domain><name a=\">\"><![CDATA[g&1]]></name><uuid>u</uuid></domain>", "g2",
            "new") == "<domain><name a=\">\">g2</name><uuid>new</uuid></domain>");
}

TEST_CASE("a name is replaced among CRLF lines", "[replay][simulate]") {
  CHECK(
      with_identity("<domain>\r\n  <name\r\n>g1</name>\r\n  <uuid>u</uuid>\r\n</domain>",
                    "g2", "new") ==
      "<domain>\r\n  <name\r\n>g2</name>\r\n  <uuid>new</uuid>\r\n</domain>");
}

// --- other attributes of the root ------------------------------------------------------

TEST_CASE("an attribute is put in as the root's first one", "[replay][simulate]") {
  CHECK(with_root_attribute("<network ipv6='yes'>", "connections", "2") ==
        "<network connections='2' ipv6='yes'>");
  CHECK(with_root_attribute("<network>", "connections", "2") ==
        "<network connections='2'>");
}

TEST_CASE("an attribute that is there is replaced where it stands",
          "[replay][simulate]") {
  CHECK(with_root_attribute("<network a='>' connections=\"9\">", "connections", "2") ==
        "<network a='>' connections='2'>");
}

TEST_CASE("an empty value takes the attribute away", "[replay][simulate]") {
  CHECK(with_root_attribute("<network connections='9' a='b'>", "connections", "") ==
        "<network a='b'>");
  CHECK(with_root_attribute("<network a='b'>", "connections", "") == "<network a='b'>");
  CHECK(root_attribute("<network a='b' connections=\"9\">", "connections") == "9");
  CHECK(root_attribute("<network a='b'>", "connections").empty());
  CHECK(root_attribute("no XML", "connections").empty());
}

// --- layout ----------------------------------------------------------------------------

TEST_CASE("libvirt's own XML begins with the root and ends in one newline",
          "[replay][simulate]") {
  CHECK(as_libvirt_writes("<?xml version='1.0'?>\n<!-- <a> -->\n\n<domain>\n</domain>") ==
        "<domain>\n</domain>\n");
  CHECK(as_libvirt_writes("<domain/>\r\n\r\n \t") == "<domain/>\n");
}

TEST_CASE("lines that are not empty are moved right", "[replay][simulate]") {
  CHECK(indented("<a>\n\n  <b/>\n</a>", 2) == "  <a>\n\n    <b/>\n  </a>");
  CHECK(indented("<a/>\r\n\r\n<b/>\r\n", 2) == "  <a/>\r\n\r\n  <b/>\r\n");
  CHECK(indented("", 2).empty());
  CHECK(indented("\n", 2) == "\n");
}

TEST_CASE("text between tags is escaped", "[replay][simulate]") {
  CHECK(xml_escaped("a & b < c > d 'e' \"f\"") == "a &amp; b &lt; c &gt; d 'e' \"f\"");
  CHECK(xml_escaped("").empty());
}
