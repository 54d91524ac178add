#include "cli/csv.h"

#include "cli/escape.h"

namespace hookjournal {

namespace {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string field = "\"";
  for (const char byte : text) field += byte == '"' ? "\"\"" : std::string(1, byte);
  return field + "\"";
}

}  // namespace

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields)
    line += (&field == &fields.front() ? "" : ",") + csv_field(field);
  return line + "\r\n";
}

std::string csv_text(std::string_view text) {
  const bool formula = text != "-" && text.find_first_of("=+-@") == 0 && !text.empty();
  return (formula ? "'" : "") + visible(text);
}

}  // namespace hookjournal
