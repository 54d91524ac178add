#include "engine/xml/xml_difference.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

using Lines = std::vector<std::string>;

// "changed /a/@b: 1 -> 2"
Lines differences(const std::string& before, const std::string& after) {
  const auto found = compare_xml(before, after);
  if (!found) return {"not compared"};
  Lines lines;
  for (const XmlDifference& difference : *found)
    lines.push_back(std::string(to_string(difference.kind)) + " " + difference.path +
                    ": " + difference.before + " -> " + difference.after);
  return lines;
}

Lines none() { return {}; }

std::string devices(const std::string& inside) {
  return "<domain><devices>" + inside + "</devices></domain>";
}

std::string disk(const std::string& dev, const std::string& file) {
  return "<disk type='file'><source file='" + file + "'/><target dev='" + dev +
         "'/></disk>";
}

}  // namespace

TEST_CASE("a document does not differ from itself", "[engine][xml]") {
  const std::string text = devices(disk("vda", "/a") + disk("vdb", "/b"));
  CHECK(differences(text, text) == none());
}

TEST_CASE("how a document is written is no difference", "[engine][xml]") {
  const std::string plain = "<a b='1' c='2'><d>x &amp; y</d><e/><f> g </f></a>";
  CHECK(differences(plain,
                    "<?xml version='1.0'?>\n<a c=\"2\" b=\"1\">\n  <!-- h -->\n"
                    "  <d>x &#38; <![CDATA[y]]></d>\n  <e></e>\n  <f> g </f>\n"
                    "</a>\n") == none());
  CHECK(differences(plain, "<a b='1' c='2'><f> g </f><e/><d>x &amp; y</d></a>") ==
        none());
}

TEST_CASE("attributes are added, removed and changed by path", "[engine][xml]") {
  CHECK(differences("<a b='1' c='2'/>", "<a b='3' d='4'/>") ==
        Lines{"removed /a/@c: 2 -> ", "changed /a/@b: 1 -> 3", "added /a/@d:  -> 4"});
}

TEST_CASE("text is changed where the element has only text", "[engine][xml]") {
  CHECK(differences("<a><b>1</b></a>", "<a><b> 1</b></a>") ==
        Lines{"changed /a/b: 1 ->  1"});
  CHECK(differences("<a><b>1</b></a>", "<a><b/></a>") == Lines{"changed /a/b: 1 -> "});
  CHECK(differences("<a><b/></a>", "<a>\n  <b/>\n</a>") == none());
  CHECK(differences("<a><b/></a>", "<a>stray <b/></a>") ==
        Lines{"changed /a:  -> stray "});
}

TEST_CASE("an element added or removed is told once, with all that is in it",
          "[engine][xml]") {
  const std::string one = disk("vda", "/a"), two = disk("vdb", "/b");
  const std::string told =
      "<disk type=\"file\"><source file=\"/b\"/><target dev=\"vdb\"/></disk>";
  CHECK(differences(devices(one), devices(one + two)) ==
        Lines{"added /domain/devices/disk[2]:  -> " + told});
  CHECK(differences(devices(one), devices(two + one)) ==
        Lines{"added /domain/devices/disk[1]:  -> " + told});
  CHECK(differences(devices(two + one), devices(one)) ==
        Lines{"removed /domain/devices/disk[1]: " + told + " -> "});
  CHECK(differences("<a/>", "<a><b>c</b></a>") == Lines{"added /a/b:  -> <b>c</b>"});
}

TEST_CASE("one inserted element does not make those after it different",
          "[engine][xml]") {
  const std::string before = "<a><b>1</b><b>2</b><b>3</b></a>";
  CHECK(differences(before, "<a><b>1</b><b>x</b><b>2</b><b>3</b></a>") ==
        Lines{"added /a/b[2]:  -> <b>x</b>"});
  CHECK(differences(before, "<a><b>2</b><b>3</b></a>") ==
        Lines{"removed /a/b[1]: <b>1</b> -> "});
  CHECK(differences(before, "<a><b>1</b><b>2</b><b>4</b></a>") ==
        Lines{"changed /a/b[3]: 3 -> 4"});
}

TEST_CASE("siblings are known by what names them", "[engine][xml]") {
  CHECK(differences(devices(disk("vda", "/a") + disk("vdb", "/b")),
                    devices(disk("vda", "/b") + disk("vdb", "/a"))) ==
        Lines{"changed /domain/devices/disk[1]/source/@file: /a -> /b",
              "changed /domain/devices/disk[2]/source/@file: /b -> /a"});
  CHECK(differences(
            devices("<interface type='user'><mac address='1'/></interface>"
                    "<interface type='user'><mac address='2'/></interface>"),
            devices("<interface type='user'><mac address='3'/></interface>"
                    "<interface type='user'><mac address='2'/><mtu/></interface>")) ==
        Lines{"changed /domain/devices/interface[1]/mac/@address: 1 -> 3",
              "added /domain/devices/interface[2]/mtu:  -> <mtu/>"});
  CHECK(differences(devices("<controller type='usb' index='0'/>"
                            "<controller type='pci' index='0'/>"),
                    devices("<controller type='usb' index='0' model='none'/>"
                            "<controller type='pci' index='0'/>")) ==
        Lines{"added /domain/devices/controller[1]/@model:  -> none"});
}

TEST_CASE("elements of one name that changed places have moved, as few as tell it",
          "[engine][xml]") {
  const std::string a = disk("vda", "/a"), b = disk("vdb", "/b"), c = disk("vdc", "/c");
  CHECK(differences(devices(a + b + c), devices(c + a + b)) ==
        Lines{"moved /domain/devices/disk[1]: 3 -> 1"});
  CHECK(differences(devices(a + b), devices(b + a)).size() == 1);
}

TEST_CASE("another root is another document", "[engine][xml]") {
  CHECK(differences("<a/>", "<b c='1'/>") ==
        Lines{"removed /a: <a/> -> ", "added /b:  -> <b c=\"1\"/>"});
}

TEST_CASE("what is no XML is not compared", "[engine][xml]") {
  const std::string text = GENERATE("", "garbage", "<a>", "<!-- -->");
  CHECK_FALSE(compare_xml(text, "<a/>"));
  CHECK_FALSE(compare_xml("<a/>", text));
}

TEST_CASE("documents made to be slow are compared at once", "[engine][xml]") {
  std::string one = "<a>", other = "<a>", names = "<a>";
  for (int i = 0; i < 20'000; ++i) {
    const std::string number = std::to_string(i);
    one += "<b><c>" + number + "</c><d/></b>";
    other += "<b><c>x" + number + "</c><d/></b>";
    names += "<b" + number + "/>";
  }
  one += "</a>";
  other += "</a>";
  names += "</a>";
  CHECK(differences(one, other).size() == 20'000);
  CHECK(differences(one, names).size() == 40'000);
}
