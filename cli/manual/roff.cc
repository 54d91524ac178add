#include "cli/manual/roff.h"

namespace hookjournal {

namespace {

// Where a line begins, a full stop or an apostrophe would make it a request.
std::string roff_line(std::string_view line) {
  const bool request = line.starts_with('.') || line.starts_with('\'');
  return (request ? "\\&" : "") + roff(line) + "\n";
}

}  // namespace

std::string roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";  // to be copied: a hyphen is another character
    else if (c == '\'')
      escaped += "\\(aq";
    else if (c == '`')
      escaped += "\\(ga";
    else if (c == '^')
      escaped += "\\(ha";
    else if (c == '~')
      escaped += "\\(ti";
    else
      escaped += c;
  }
  return escaped;
}

std::string roff_bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string roff_italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string roff_paragraphs(std::string_view text) {
  enum class Inside { nothing, paragraph, lines };
  Inside inside = Inside::nothing;
  std::string page;
  const auto turn_to = [&](Inside next) {
    if (inside == next) return;
    if (inside == Inside::lines) page += ".fi\n.RE\n";
    if (next == Inside::paragraph) page += ".PP\n";
    if (next == Inside::lines) page += ".PP\n.RS 2\n.nf\n";
    inside = next;
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) {
      turn_to(Inside::nothing);
    } else if (line.front() == ' ') {
      turn_to(Inside::lines);
      page += roff_line(line.substr(line.starts_with("  ") ? 2 : 1));
    } else {
      turn_to(Inside::paragraph);
      page += roff_line(line);
    }
  }
  turn_to(Inside::nothing);
  return page;
}

}  // namespace hookjournal
