#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// What stands where in a document, for asking many documents the same question. A place
// is a path without numbers ("/domain/devices/disk",
// "/domain/devices/disk/source/@file"); it has a value for each element there: its text,
// often empty, or the attribute's value. The values are sorted.
using XmlPlaces = std::map<std::string, std::vector<std::string>>;

// Nothing when the bytes are no XML for tinyxml2.
std::optional<XmlPlaces> places_of(std::string_view xml);

// Of a path as XmlDifference has it: "/domain/devices/disk[2]" is at
// "/domain/devices/disk".
std::string place_of_path(std::string_view path);

}  // namespace hookjournal
