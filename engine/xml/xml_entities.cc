#include "engine/xml/xml_entities.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <utility>

namespace hookjournal {

namespace {

constexpr std::pair<std::string_view, char> kNamed[] = {
    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

char byte_of(std::uint32_t bits) { return static_cast<char>(bits); }

void put_utf8(XmlUnit& unit, std::uint32_t code) {
  if (code < 0x80) {
    unit.size = 1;
    unit.bytes[0] = byte_of(code);
  } else if (code < 0x800) {
    unit.size = 2;
    unit.bytes[0] = byte_of(0xc0 | code >> 6);
    unit.bytes[1] = byte_of(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    unit.size = 3;
    unit.bytes[0] = byte_of(0xe0 | code >> 12);
    unit.bytes[1] = byte_of(0x80 | (code >> 6 & 0x3f));
    unit.bytes[2] = byte_of(0x80 | (code & 0x3f));
  } else {
    unit.size = 4;
    unit.bytes[0] = byte_of(0xf0 | code >> 18);
    unit.bytes[1] = byte_of(0x80 | (code >> 12 & 0x3f));
    unit.bytes[2] = byte_of(0x80 | (code >> 6 & 0x3f));
    unit.bytes[3] = byte_of(0x80 | (code & 0x3f));
  }
}

bool resolve_number(XmlUnit& unit, std::string_view digits) {
  int base = 10;
  if (digits.starts_with('x')) {
    base = 16;
    digits.remove_prefix(1);
  }
  std::uint32_t code = 0;
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, code, base);
  if (error != std::errc() || stopped != end || code > 0x10ffff) return false;
  put_utf8(unit, code);
  return true;
}

bool resolve(XmlUnit& unit, std::string_view name) {
  if (name.starts_with('#')) return resolve_number(unit, name.substr(1));
  const auto* named =
      std::ranges::find(kNamed, name, &std::pair<std::string_view, char>::first);
  if (named == std::end(kNamed)) return false;
  unit.bytes[0] = named->second;
  return true;
}

}  // namespace

XmlUnit xml_unit_at(std::string_view text, std::size_t at) {
  XmlUnit unit;
  unit.bytes[0] = text[at];
  if (text[at] != '&') return unit;
  const std::string_view entity = text.substr(at, kLongestXmlEntity);
  const auto end = entity.find(';');
  if (end != std::string_view::npos && resolve(unit, entity.substr(1, end - 1)))
    unit.length = end + 1;
  return unit;
}

std::string without_entities(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const XmlUnit unit = xml_unit_at(text, at);
    plain += unit.view();
    at += unit.length;
  }
  return plain;
}

}  // namespace hookjournal
