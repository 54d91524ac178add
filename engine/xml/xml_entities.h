#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hookjournal {

// "&#x0010FFFF;" with some zeros to spare; what is longer is taken as plain text.
constexpr std::size_t kLongestXmlEntity = 16;

// One character of XML text, entities resolved: at most four bytes of UTF-8.
struct XmlUnit {
  char bytes[4] = {};
  std::size_t size = 1;
  std::size_t length = 1;  // as written: 5 for "&amp;"
  std::string_view view() const { return {bytes, size}; }
};

// What stands at `at`: an entity of XML's own five or a number, else the byte as it is.
XmlUnit xml_unit_at(std::string_view text, std::size_t at);

std::string without_entities(std::string_view text);

}  // namespace hookjournal
