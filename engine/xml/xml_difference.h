#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

// One place where two documents differ.
struct XmlDifference {
  enum class Kind {
    added,
    removed,
    changed,  // an attribute's value, or the text of an element
    moved,    // an element among others of its name
  };
  Kind kind = Kind::changed;
  // "/domain/devices/disk[2]/source/@file"; the number where the parent has several of
  // that name. In the later document, but for what was removed.
  std::string path;
  // The values; of an element added or removed its XML; of one moved its places ("2").
  std::string before, after;

  bool operator==(const XmlDifference&) const = default;
};
std::string_view to_string(XmlDifference::Kind kind);  // "added"

// What was done to a document, as few differences as tell it: an element that one of its
// siblings' kind was inserted before is not a different one. No difference are the order
// of attributes and of elements of different names, blanks between elements, comments,
// CDATA or not, and how a character is written.
//
// Nothing when one of them is no XML for tinyxml2, which takes some documents that
// libvirt refuses: whether libvirt takes them is judge_filter_output()'s to say.
std::optional<std::vector<XmlDifference>> compare_xml(std::string_view before,
                                                      std::string_view after);

}  // namespace hookjournal
