#pragma once

#include <memory>
#include <string>

namespace hookjournal {

// An XPath 1.0 expression that is put to many documents; libxml2 evaluates it. Prefixes
// mean what the document's root element declares.
class XmlPath {
 public:
  // Throws UsageError for what is no XPath: "'EXPRESSION': it is no XPath: why".
  explicit XmlPath(const std::string& expression);
  ~XmlPath();
  XmlPath(XmlPath&&) noexcept;
  XmlPath& operator=(XmlPath&&) = delete;

  // Whether `document` has a node that the expression selects, or the condition it states
  // holds. What is not well-formed matches nothing. No file is read for it, no network
  // asked, no entity followed. Throws UsageError for a function that XPath does not have
  // and Error for a document over which the work would have no end.
  bool matches(const std::string& document) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace hookjournal
