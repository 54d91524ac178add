#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Small changes to libvirt's XML as text: every other byte stays, as a script that greps
// sees layout too. The XML must be well-formed.
namespace hookjournal {

// The `id` of the root element, which libvirt gives a running guest. -1 takes it away.
std::string with_id(std::string_view xml, int id);

// With this name and UUID. A missing <uuid> is put in after the name.
std::string with_identity(std::string_view xml, const std::string& name,
                          const std::string& uuid);

// `attribute='value'` in the root element, put in as its first one; "" takes it away.
std::string with_root_attribute(std::string_view xml, const std::string& attribute,
                                const std::string& value);

// Its value there, as written; "" when it has none.
std::string root_attribute(std::string_view xml, const std::string& attribute);

// Without XML declaration and what else precedes the root element, ending in one newline,
// as libvirt writes its XML.
std::string as_libvirt_writes(std::string_view xml);

// Each line that is not empty moved right.
std::string indented(std::string_view xml, std::size_t spaces);

// For text between tags.
std::string xml_escaped(std::string_view text);

}  // namespace hookjournal
