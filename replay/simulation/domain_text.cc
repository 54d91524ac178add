#include "replay/simulation/domain_text.h"

#include <algorithm>

namespace hookjournal {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_blank(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

bool is_line_end(char byte) { return byte == '\n' || byte == '\r'; }

// Where the markup at `at` ends, one past it.
std::size_t end_of_markup(std::string_view xml, std::size_t at) {
  const auto after = [&](std::string_view end) {
    const std::size_t found = xml.find(end, at);
    return found == npos ? xml.size() : found + end.size();
  };
  if (xml.substr(at).starts_with("<!--")) return after("-->");
  if (xml.substr(at).starts_with("<?")) return after("?>");
  if (xml.substr(at).starts_with("<![CDATA[")) return after("]]>");
  char quote = 0;
  for (; at < xml.size(); ++at) {
    const char byte = xml[at];
    if (quote != 0)
      quote = byte == quote ? char{0} : quote;
    else if (byte == '\'' || byte == '"')
      quote = byte;
    else if (byte == '>')
      return at + 1;
  }
  return xml.size();
}

bool begins_element(std::string_view xml, std::size_t at) {
  return at + 1 < xml.size() && xml[at + 1] != '?' && xml[at + 1] != '!' &&
         xml[at + 1] != '/';
}

struct Span {
  std::size_t begin = npos, end = npos;
};

// A tag's bytes, from < to >.
Span root_tag(std::string_view xml) {
  for (std::size_t at = xml.find('<'); at != npos; at = xml.find('<', at)) {
    const std::size_t end = end_of_markup(xml, at);
    if (begins_element(xml, at)) return {at, end};
    at = end;
  }
  return {};
}

// The text of the root's first child of this name.
Span child_text(std::string_view xml, std::string_view name) {
  const Span root = root_tag(xml);
  if (root.begin == npos) return {};
  int depth = 0;
  for (std::size_t at = xml.find('<', root.end); at != npos; at = xml.find('<', at)) {
    const std::size_t end = end_of_markup(xml, at);
    const bool element = begins_element(xml, at);
    const bool closes = xml.substr(at).starts_with("</");
    const bool empty = end >= 2 && xml[end - 2] == '/';
    if (element && depth == 0 && !empty && xml.substr(at + 1).starts_with(name)) {
      const char next = xml[at + 1 + name.size()];
      if (next == '>' || is_blank(next)) return {end, xml.find("</", end)};
    }
    if (element && !empty) ++depth;
    if (closes) --depth;
    if (depth < 0) return {};
    at = end;
  }
  return {};
}

// ` name='value'` of a tag, its leading blank included.
Span attribute_of(std::string_view xml, Span tag, std::string_view name) {
  char quote = 0;
  for (std::size_t at = tag.begin; at < tag.end; ++at) {
    const char byte = xml[at];
    if (quote != 0) {
      quote = byte == quote ? char{0} : quote;
      continue;
    }
    if (byte == '\'' || byte == '"') quote = byte;
    if (!is_blank(byte) || !xml.substr(at + 1).starts_with(name)) continue;
    std::size_t equals = at + 1 + name.size();
    while (equals < tag.end && is_blank(xml[equals])) ++equals;
    if (equals >= tag.end || xml[equals] != '=') continue;
    const std::size_t open = xml.find_first_of("'\"", equals);
    if (open == npos) return {};
    const std::size_t close = xml.find(xml[open], open + 1);
    return {at, close == npos ? tag.end : close + 1};
  }
  return {};
}

std::string replaced(std::string_view text, Span span, std::string_view by) {
  return std::string(text.substr(0, span.begin)) + std::string(by) +
         std::string(text.substr(span.end));
}

}  // namespace

std::string with_root_attribute(std::string_view xml, const std::string& attribute,
                                const std::string& value) {
  const Span tag = root_tag(xml);
  if (tag.begin == npos) return std::string(xml);
  const std::string written = value.empty() ? "" : ' ' + attribute + "='" + value + '\'';
  const Span there = attribute_of(xml, tag, attribute);
  if (there.begin != npos) return replaced(xml, there, written);
  const std::size_t name_end = xml.find_first_of(" \t\r\n/>", tag.begin + 1);
  return replaced(xml, {name_end, name_end}, written);
}

std::string root_attribute(std::string_view xml, const std::string& attribute) {
  const Span there = attribute_of(xml, root_tag(xml), attribute);
  if (there.begin == npos) return "";
  const std::size_t open = xml.find_first_of("'\"", there.begin);
  return std::string(xml.substr(open + 1, there.end - open - 2));
}

std::string with_id(std::string_view xml, int id) {
  const Span tag = root_tag(xml);
  if (tag.begin == npos) return std::string(xml);
  const std::string written = id < 0 ? "" : " id='" + std::to_string(id) + '\'';
  const Span there = attribute_of(xml, tag, "id");
  if (there.begin != npos) return replaced(xml, there, written);
  // libvirt writes it behind the type.
  const Span type = attribute_of(xml, tag, "type");
  const std::size_t at =
      type.begin != npos ? type.end : xml.find_first_of(" \t\r\n/>", tag.begin + 1);
  return replaced(xml, {at, at}, written);
}

std::string with_identity(std::string_view xml, const std::string& name,
                          const std::string& uuid) {
  const Span old_name = child_text(xml, "name");
  std::string text = old_name.begin == npos ? std::string(xml)
                                            : replaced(xml, old_name, xml_escaped(name));
  if (const Span old_uuid = child_text(text, "uuid"); old_uuid.begin != npos)
    return replaced(text, old_uuid, uuid);
  const Span new_name = child_text(text, "name");
  if (new_name.end == npos) return text;
  const std::size_t after = text.find('>', new_name.end) + 1;
  return text.insert(after, "\n  <uuid>" + uuid + "</uuid>");
}

std::string as_libvirt_writes(std::string_view xml) {
  const Span root = root_tag(xml);
  if (root.begin == npos) return std::string(xml);
  std::string text(xml.substr(root.begin));
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  return text + '\n';
}

std::string indented(std::string_view xml, std::size_t spaces) {
  std::string text;
  while (!xml.empty()) {
    const std::size_t line = std::min(xml.find('\n'), xml.size() - 1) + 1;
    if (!is_line_end(xml.front())) text.append(spaces, ' ');
    text += xml.substr(0, line);
    xml.remove_prefix(line);
  }
  return text;
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    if (byte == '&')
      escaped += "&amp;";
    else if (byte == '<')
      escaped += "&lt;";
    else if (byte == '>')
      escaped += "&gt;";
    else
      escaped += byte;
  }
  return escaped;
}

}  // namespace hookjournal
