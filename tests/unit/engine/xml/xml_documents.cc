// Every document was printed by a restore filter under libvirtd 9.0.0 (libxml2 2.9.14):
// it took those that `libxml2_takes` says, and of the others "a NUL before it", which is
// blank to it. A libxml2 later than 2.13 takes and refuses the same ones. Where versions
// differ, a document has no row: 2.9 reads a string as UTF-8 whatever encoding it
// declares, later ones convert Latin-1 and UTF-16.
#include "tests/unit/engine/xml/xml_documents.h"

namespace hookjournal {

namespace {

const std::string kHead =
    "<domain type='qemu'><name>g1</name>"
    "<uuid>67073eed-f57d-56d9-8782-704cd33325ea</uuid>"
    "<memory unit='KiB'>65536</memory>";
const std::string kTail =
    "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>"
    "<devices><controller type='usb' model='none'/><memballoon model='none'/></devices>"
    "</domain>";

}  // namespace

const std::string kPlainGuest = kHead + kTail;

std::string guest_with(const std::string& inside) { return kHead + inside + kTail; }

namespace {

std::string in_title(const std::string& content) {
  return guest_with("<title>" + content + "</title>");
}

std::string in_attribute(const std::string& attribute) {
  return guest_with("<metadata><m:a xmlns:m='urn:m' " + attribute + "/></metadata>");
}

std::string after(const std::string& prolog) { return prolog + kPlainGuest; }
std::string before(const std::string& epilog) { return kPlainGuest + epilog; }

std::string with_nul(const std::string& rest) { return kPlainGuest + '\0' + rest; }

std::string nested(int levels) {
  std::string deep;
  for (int i = 0; i < levels; ++i) deep += "<m:a xmlns:m='urn:m'>";
  for (int i = 0; i < levels; ++i) deep += "</m:a>";
  return guest_with("<metadata>" + deep + "</metadata>");
}

// Entities that stand for ten of the one before, to nine levels: "ha" a thousand million
// times.
std::string laughs() {
  std::string entities = "<!ENTITY l0 'ha'>";
  for (int level = 1; level <= 9; ++level) {
    entities += "<!ENTITY l" + std::to_string(level) + " '";
    for (int i = 0; i < 10; ++i) entities += "&l" + std::to_string(level - 1) + ";";
    entities += "'>";
  }
  return "<!DOCTYPE domain [" + entities + "]>" + in_title("&l9;");
}

const std::string kUtf8Mark = "\xef\xbb\xbf";

const XmlDocument kDocuments[] = {
    {"the guest as it is", kPlainGuest, true, true},
    {"blanks around it", "\n\t " + kPlainGuest + "\n\n", true, true},
    {"lines that end in CR LF", after("\r\n") + "\r\n", true, true},
    {"an XML declaration", after("<?xml version='1.0'?>\n"), true, true},
    {"a declaration with encoding",
     after("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"), true, true},
    {"comments before and after", after("<!-- a -->") + "<!-- b -->", true, true},
    {"an empty comment", after("<!---->"), true, true},
    {"a comment among the elements", guest_with("<!-- <name>g9</name> -->"), true, true},
    {"processing instructions", after("<?a b?>") + "<?c?>", true, false},
    {"CDATA", in_title("<![CDATA[a < b & c]]>"), true, true},
    {"XML's own entities", in_title("&lt;&gt;&amp;&quot;&apos;"), true, true},
    {"characters by number", in_title("&#65;&#x42;&#x1F600;"), true, true},
    {"UTF-8", in_title("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), true, true},
    {"a byte order mark", after(kUtf8Mark), true, true},
    {"> in text", in_title("a > b"), true, true},
    {"> in an attribute", in_attribute("b='a > c'"), true, true},
    {"a line end in an attribute", in_attribute("b='a\nc'"), true, true},
    {"a namespace", guest_with("<metadata><m:a xmlns:m='urn:m'/></metadata>"), true,
     true},
    {"a prefix nobody declared", guest_with("<metadata><m:a/></metadata>"), true, true},
    {"an element libvirt does not know", guest_with("<titel>x</titel>"), true, true},
    {"blanks in an end tag", guest_with("<title>x</title  >"), true, true},
    {"blanks around an equals sign", in_attribute("b = 'c'"), true, true},
    {"bytes after a NUL", with_nul("</domain><junk"), true, true},
    {"DEL", in_title("a\x7f"), true, true},
    {"a document type", after("<!DOCTYPE domain>"), true, true},
    {"a document type elsewhere", after("<!DOCTYPE domain SYSTEM 'http://192.0.2.1/d'>"),
     true, true},
    {"an entity that is declared",
     "<!DOCTYPE domain [<!ENTITY who 'me'>]>" + in_title("&who;"), true, true},
    {"a file as entity",
     "<!DOCTYPE domain [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>" + in_title("&f;"),
     true, true},
    {"sixty levels", nested(60), true, true},

    {"a word", "restoring g1\n", false, false, "Start tag expected, '<' not found"},
    {"a word before it", after("restoring g1\n"), false, true,
     "Start tag expected, '<' not found"},
    {"a word after it", before("restored g1\n"), false, false,
     "Extra content at the end of the document"},
    {"a letter after it", before("x"), false, false,
     "Extra content at the end of the document"},
    {"two roots", before("<domain/>"), false, true,
     "Extra content at the end of the document"},
    {"the guest twice", before(kPlainGuest), false, true,
     "Extra content at the end of the document"},
    {"a root after a comment", before("<!-- a --><domain/>"), false, true,
     "Extra content at the end of the document"},
    {"CDATA after it", before("<![CDATA[x]]>"), false, true,
     "Extra content at the end of the document"},
    {"a comment alone", "<!-- nothing -->", false, false},
    {"a declaration alone", "<?xml version='1.0'?>", false, false},
    {"a vertical tab alone", "\v", false, false},
    {"a blank before the declaration", after(" <?xml version='1.0'?>"), false, true,
     "XML declaration allowed only at the start of the document"},
    {"a declaration in the middle", guest_with("<?xml version='1.0'?>"), false, false,
     "XML declaration allowed only at the start of the document"},
    {"the declaration twice", after("<?xml version='1.0'?><?xml version='1.0'?>"), false,
     true, "XML declaration allowed only at the start of the document"},
    {"a declaration without version", after("<?xml encoding='UTF-8'?>"), false, true},
    {"an unknown encoding", after("<?xml version='1.0' encoding='klingon'?>"), false,
     true},
    {"cut in the middle", kPlainGuest.substr(0, kPlainGuest.size() / 2), false, false},
    {"cut before the last byte", kPlainGuest.substr(0, kPlainGuest.size() - 1), false,
     false},
    {"a NUL in the middle", guest_with(std::string(1, '\0')), false, false},
    {"a NUL before it", std::string(1, '\0') + kPlainGuest, false, false},
    {"an element not closed", guest_with("<title>x"), false, false,
     "Opening and ending tag mismatch: title"},
    {"elements crossing", guest_with("<metadata><title></metadata></title>"), false,
     false, "Opening and ending tag mismatch: title"},
    {"an end tag too many", before("</domain>"), false, true,
     "Extra content at the end of the document"},
    {"an end tag with an attribute", guest_with("<title>x</title a='b'>"), false, true},
    {"another case in the end tag", guest_with("<title>x</Title>"), false, false,
     "Opening and ending tag mismatch: title"},
    {"a name that begins with a digit", guest_with("<1a/>"), false, false},
    {"a blank before an element's name", guest_with("< title/>"), false, true},
    {"an entity nobody declared", in_title("&nbsp;"), false, true,
     "Entity 'nbsp' not defined"},
    {"an entity nobody declared, in an attribute", in_attribute("b='&nbsp;'"), false,
     true, "Entity 'nbsp' not defined"},
    {"a bare ampersand", in_title("this & that"), false, true,
     "xmlParseEntityRef: no name"},
    {"an entity without semicolon", in_title("&amp that"), false, true},
    {"a query in an attribute", in_attribute("b='http://h/?a=1&b=2'"), false, true},
    {"character 0 by number", in_title("&#0;"), false, true,
     "xmlParseCharRef: invalid xmlChar value 0"},
    {"a control by number", in_title("&#27;"), false, true,
     "xmlParseCharRef: invalid xmlChar value 27"},
    {"half of a surrogate pair by number", in_title("&#xD800;"), false, true,
     "xmlParseCharRef: invalid xmlChar value 55296"},
    {"a number beyond Unicode", in_title("&#x110000;"), false, true, "xmlParseCharRef: "},
    {"a number without digits", in_title("&#;"), false, true, "xmlParseCharRef: "},
    {"a control", in_title("a\x01"), false, true, "invalid Char value 1"},
    {"an escape sequence", in_title("\x1b[31mred\x1b[m"), false, true,
     "invalid Char value 27"},
    {"a form feed between elements", guest_with("\f"), false, true},
    {"a control in an attribute", in_attribute("b='\x02'"), false, true},
    {"a control in a comment", guest_with("<!-- \x03 -->"), false, true},
    {"the noncharacter FFFE", in_title("\xef\xbf\xbe"), false, true},
    {"a byte that is no UTF-8", in_title("\xff"), false, true},
    {"Latin-1 without saying so", in_title("\xe4 "), false, true},
    {"a sequence of UTF-8 cut short", in_title("\xe2\x82"), false, true},
    {"a longer way to write a character", in_title("\xc0\xaf"), false, true},
    {"half of a surrogate pair in UTF-8", in_title("\xed\xa0\x80"), false, true},
    {"< in an attribute", in_attribute("b='a < c'"), false, true,
     "Unescaped '<' not allowed in attributes values"},
    {"< in text", in_title("a < b"), false, false},
    {"]]> in text", in_title("a ]]> b"), false, true,
     "Sequence ']]>' not allowed in content"},
    {"-- in a comment", guest_with("<!-- a -- b -->"), false, true},
    {"--- at the end of a comment", guest_with("<!-- a --->"), false, true},
    {"a comment not closed", before("<!-- a"), false, false},
    {"attributes without a blank between them", in_attribute("b='c'd='e'"), false, true,
     "attributes construct error"},
    {"an attribute twice", in_attribute("b='c' b='d'"), false, false,
     "Attribute b redefined"},
    {"an attribute without value", in_attribute("b"), false, false},
    {"an attribute without quotes", in_attribute("b=c"), false, false},
    {"an attribute not closed", in_attribute("b='c"), false, false},
    {"a processing instruction not closed", before("<?a"), false, false},
    {"a document type after the root", before("<!DOCTYPE domain>"), false, true},
    {"a document type among the elements", guest_with("<!DOCTYPE domain>"), false, true},
    {"an entity of itself",
     "<!DOCTYPE domain [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>" + in_title("&a;"), false,
     true},
    {"entities that multiply", laughs(), false, true},
    {"six hundred levels", nested(600), false, false},
};

}  // namespace

std::span<const XmlDocument> xml_documents() { return kDocuments; }

}  // namespace hookjournal
