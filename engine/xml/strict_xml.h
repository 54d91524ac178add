#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// XML as libvirt reads it: with libxml2, whose door this is. tinyxml2 (hook_xml.h) takes
// many documents that libvirt refuses, so what libvirt makes of a document is asked here.
namespace hookjournal {

struct StrictAttribute {
  std::string name;  // without prefix
  std::string value;
};

// An element with all that is in it but comments. libxml2 takes at most 256 levels.
struct StrictElement {
  std::string name;    // without prefix
  std::string prefix;  // as written; its namespace may be undeclared
  std::string ns;      // URI of its namespace; mostly empty
  std::vector<StrictAttribute> attributes;
  std::string text;  // its own and that of the elements in it
  // False where an entity that the document declares stands in the text or in an
  // attribute: it is not followed, so that no document can grow while it is read.
  bool whole = true;
  std::vector<StrictElement> children;

  // The first child of that name, outside any namespace, as libvirt's `./name[1]`.
  const StrictElement* child(std::string_view child_name) const;
  std::optional<std::string> attribute(std::string_view attribute_name) const;
  // Empty when there is no such child, or it has none.
  std::string child_text(std::string_view child_name) const;
  std::string child_attribute(std::string_view child_name,
                              std::string_view attribute_name) const;
};

// Why a document is none, as libvirt tells it: where, and in libxml2's words.
struct NotWellFormed {
  std::string message;  // "(domain_definition):7: Opening and ending tag mismatch: ..."
};

using StrictXml = std::variant<StrictElement, NotWellFormed>;

// Reads nothing but `text`, up to its first NUL: no file, no network. Writes nothing.
StrictXml parse_strictly(const std::string& text);

}  // namespace hookjournal
