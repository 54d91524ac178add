#include "engine/xml/xml_places.h"

#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using Values = std::vector<std::string>;

TEST_CASE("a document's places have a value for each element there", "[engine]") {
  const auto places = places_of(
      "<domain id='3'><memory unit='KiB'>9</memory><devices>"
      "<disk type='file'><source file='b'/></disk>"
      "<disk type='block'><source file='a'/></disk></devices></domain>");
  REQUIRE(places);
  CHECK(*places == XmlPlaces{{"/domain", {""}},
                             {"/domain/@id", {"3"}},
                             {"/domain/memory", {"9"}},
                             {"/domain/memory/@unit", {"KiB"}},
                             {"/domain/devices", {""}},
                             {"/domain/devices/disk", {"", ""}},
                             {"/domain/devices/disk/@type", {"block", "file"}},
                             {"/domain/devices/disk/source", {"", ""}},
                             {"/domain/devices/disk/source/@file", {"a", "b"}}});
}

TEST_CASE("what is no XML has no places", "[engine]") {
  CHECK(!places_of("no xml"));
  CHECK(!places_of(""));
}

TEST_CASE("a path's place is the path without its numbers", "[engine]") {
  CHECK(place_of_path("/domain/devices/disk[2]/source[1]/@file") ==
        "/domain/devices/disk/source/@file");
}

}  // namespace
}  // namespace hookjournal
