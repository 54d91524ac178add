#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hookjournal {

// An element as far as comparing needs it, free of any parser.
struct XmlTree {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  // by name
  std::string text;  // empty when it is only blanks
  std::vector<XmlTree> children;
  std::size_t digest = 0;        // equal for what is no different
  const void* origin = nullptr;  // the parser's element
};

// Which of the later siblings each earlier one became. Nothing: it was removed.
using XmlAlignment = std::vector<std::optional<std::size_t>>;

// All siblings of one name, before and after. Those that name the same thing belong
// together (a disk its target, an interface its address), then those that are equal, then
// those that have most in common, in order.
XmlAlignment align_siblings(const std::vector<const XmlTree*>& before,
                            const std::vector<const XmlTree*>& after);

}  // namespace hookjournal
