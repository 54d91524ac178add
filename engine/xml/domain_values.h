#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/xml/strict_xml.h"

// Values in a definition that can be written in several ways, read as libvirt reads them.
namespace hookjournal {

// In lower case, with dashes at their places. Nothing: it is none (viruuid.c,
// virUUIDParse: blanks around it, and dashes or spaces before any pair of digits).
std::optional<std::string> parse_uuid(std::string_view text);

// "52:54:00:0a:0b:0c"; a digit may be left out (virmacaddr.c, virMacAddrParse).
std::optional<std::string> parse_mac(std::string_view text);

// A number with or without blanks around it.
std::optional<std::uint64_t> parse_count(std::string_view text);

// A size with its unit, rounded up. Nothing: no element, or none that is understood.
std::optional<std::uint64_t> kibibytes(const StrictElement* size);

// Whether QEMU may take the machine name `alias` for `machine`: "pc" for
// "pc-i440fx-7.2".
bool may_stand_for(std::string_view alias, std::string_view machine);

}  // namespace hookjournal
