#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// A line of RFC 4180: fields with commas, quotes or line ends are quoted; ends in CR LF.
std::string csv_line(const std::vector<std::string>& fields);

// Text of guests and scripts for a field: control characters and bytes that are no UTF-8
// as \xNN. What a spreadsheet would take for a formula (it begins with = + - or @) gets a
// ' before it, as spreadsheets themselves mark text; a lone "-" stays, it is libvirt's
// word for nothing. JSON has every value as it is.
std::string csv_text(std::string_view text);

}  // namespace hookjournal
