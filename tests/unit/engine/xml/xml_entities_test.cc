#include "engine/xml/xml_entities.h"

#include "tests/unit/catch.h"

using namespace hookjournal;

TEST_CASE("XML's own entities and numbers are resolved", "[engine]") {
  CHECK(without_entities("&amp;&lt;&gt;&quot;&apos;") == "&<>\"'");
  CHECK(without_entities("&#65;&#x42;&#x0043;&#068;") == "ABCD");
  CHECK(without_entities("&#xe9;&#x20AC;&#128273;&#x10ffff;") ==
        "\u00e9\u20ac\U0001F511\U0010FFFF");
}

TEST_CASE("what is no entity stays as it is written", "[engine]") {
  const std::string text = GENERATE(
      "", "plain", "&", "&;", "&amp", "a & b;", "&nbsp;", "&AMP;", "&#;", "&#x;",
      "&#x110000;", "&#99999999999;", "&#-1;", "&#1 ;", "&#xfg;", "&#x00000000000041;");
  CHECK(without_entities(text) == text);
}

TEST_CASE("a resolved entity knows how long it was written", "[engine]") {
  const XmlUnit euro = xml_unit_at("x&#x20ac;y", 1);
  CHECK(euro.view() == "\u20ac");
  CHECK(euro.length == 8);
  CHECK(xml_unit_at("x&#x20ac;y", 9).view() == "y");
  CHECK(xml_unit_at("&&amp;", 0).length == 1);
}

TEST_CASE("an entity is resolved once only", "[engine]") {
  CHECK(without_entities("&amp;lt;") == "&lt;");
}
