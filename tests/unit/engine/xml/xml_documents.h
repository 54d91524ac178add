#pragma once

#include <span>
#include <string>

namespace hookjournal {

// What a filter may print in place of a guest's XML, and which parser takes it for XML.
struct XmlDocument {
  std::string what;
  std::string text;
  bool libxml2_takes;   // and so libvirt, as far as the parser goes
  bool tinyxml2_takes;  // with a root element
  // Part of libxml2's complaint, where its versions agree on the words.
  std::string words = "";
};

// Each beginning with the guest of `kPlainGuest`, one thing changed.
std::span<const XmlDocument> xml_documents();

// A guest as libvirt describes it to a filter, in short.
extern const std::string kPlainGuest;

// The guest with `inside` among its children.
std::string guest_with(const std::string& inside);

}  // namespace hookjournal
