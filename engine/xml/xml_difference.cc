// Of the door to tinyxml2, as hook_xml.cc: the library of the two is the door.
#include "engine/xml/xml_difference.h"

#include <tinyxml2.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>

#include "engine/xml/xml_alignment.h"

namespace hookjournal {

namespace {

using Kind = XmlDifference::Kind;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::size_t mixed(std::size_t digest, std::size_t more) {
  return digest ^ (more + 0x9e3779b97f4a7c15 + (digest << 6) + (digest >> 2));
}

std::size_t digest_of(const XmlTree& tree) {
  const std::hash<std::string> hash;
  std::size_t digest = hash(tree.name);
  for (const auto& [name, value] : tree.attributes)
    digest = mixed(mixed(digest, hash(name)), hash(value));
  digest = mixed(digest, hash(tree.text));
  // Elements of different names may change places.
  std::map<std::string_view, std::size_t> of_name;
  for (const XmlTree& child : tree.children) {
    std::size_t& so_far = of_name[child.name];
    so_far = mixed(so_far, child.digest);
  }
  for (const auto& [name, so_far] : of_name) digest = mixed(digest, so_far);
  return digest;
}

std::string one_line(const XmlTree& tree) {
  tinyxml2::XMLPrinter printer(nullptr, /*compact=*/true);
  static_cast<const tinyxml2::XMLElement*>(tree.origin)->Accept(&printer);
  return printer.CStr();
}

XmlTree tree_of(const tinyxml2::XMLElement& element) {
  XmlTree tree;
  tree.name = element.Name();
  for (const auto* given = element.FirstAttribute(); given != nullptr;
       given = given->Next())
    tree.attributes.emplace_back(given->Name(), given->Value());
  std::ranges::sort(tree.attributes);
  for (const auto* node = element.FirstChild(); node != nullptr;
       node = node->NextSibling()) {
    if (const auto* child = node->ToElement())
      tree.children.push_back(tree_of(*child));
    else if (const auto* text = node->ToText())
      tree.text += text->Value();
  }
  if (is_blank(tree.text)) tree.text.clear();
  tree.origin = &element;
  tree.digest = digest_of(tree);
  return tree;
}

// The siblings of one name, and their paths.
struct Group {
  std::vector<const XmlTree*> elements;
  std::string path(const std::string& parent, std::size_t place) const {
    const std::string name = parent + "/" + elements[place]->name;
    return elements.size() == 1 ? name : name + "[" + std::to_string(place + 1) + "]";
  }
};

class Comparer {
 public:
  // Both are the same element, at `path`.
  void compare(const XmlTree& before, const XmlTree& after, const std::string& path) {
    if (before.digest == after.digest) return;
    compare_attributes(before, after, path);
    if (before.text != after.text) add(Kind::changed, path, before.text, after.text);
    const Groups earlier = groups_of(before), later = groups_of(after);
    for (const std::string_view name : names_of(before, after))
      compare_groups(group(earlier, name), group(later, name), path);
  }

  std::vector<XmlDifference> differences;

 private:
  void add(Kind kind, std::string path, std::string before, std::string after) {
    differences.push_back({kind, std::move(path), std::move(before), std::move(after)});
  }
  void compare_attributes(const XmlTree& before, const XmlTree& after,
                          const std::string& path);
  void compare_groups(const Group& before, const Group& after, const std::string& path);
  void tell_moves(const XmlAlignment& alignment, const Group& after,
                  const std::string& path);

  // In the order of the later document, then what only the earlier has.
  static std::vector<std::string_view> names_of(const XmlTree& before,
                                                const XmlTree& after) {
    std::vector<std::string_view> names;
    std::map<std::string_view, bool> seen;
    for (const XmlTree* tree : {&after, &before})
      for (const XmlTree& child : tree->children)
        if (!std::exchange(seen[child.name], true)) names.push_back(child.name);
    return names;
  }
  using Groups = std::map<std::string_view, Group>;
  static Groups groups_of(const XmlTree& parent) {
    Groups groups;
    for (const XmlTree& child : parent.children)
      groups[child.name].elements.push_back(&child);
    return groups;
  }
  static Group group(const Groups& groups, std::string_view name) {
    const auto found = groups.find(name);
    return found == groups.end() ? Group() : found->second;
  }
};

void Comparer::compare_attributes(const XmlTree& before, const XmlTree& after,
                                  const std::string& path) {
  const std::map<std::string, std::string> earlier(before.attributes.begin(),
                                                   before.attributes.end());
  const std::map<std::string, std::string> later(after.attributes.begin(),
                                                 after.attributes.end());
  for (const auto& [name, value] : earlier)
    if (!later.contains(name)) add(Kind::removed, path + "/@" + name, value, "");
  for (const auto& [name, value] : later) {
    const auto was = earlier.find(name);
    if (was == earlier.end())
      add(Kind::added, path + "/@" + name, "", value);
    else if (was->second != value)
      add(Kind::changed, path + "/@" + name, was->second, value);
  }
}

void Comparer::compare_groups(const Group& before, const Group& after,
                              const std::string& path) {
  const XmlAlignment alignment = align_siblings(before.elements, after.elements);
  std::vector<std::optional<std::size_t>> origin(after.elements.size());
  for (std::size_t i = 0; i < alignment.size(); ++i) {
    if (alignment[i])
      origin[*alignment[i]] = i;
    else
      add(Kind::removed, before.path(path, i), one_line(*before.elements[i]), "");
  }
  tell_moves(alignment, after, path);
  for (std::size_t i = 0; i < origin.size(); ++i) {
    const std::string place = after.path(path, i);
    if (origin[i])
      compare(*before.elements[*origin[i]], *after.elements[i], place);
    else
      add(Kind::added, place, "", one_line(*after.elements[i]));
  }
}

// As few as possible are told: those outside the longest run that kept its order.
void Comparer::tell_moves(const XmlAlignment& alignment, const Group& after,
                          const std::string& path) {
  std::vector<std::size_t> kept, places;  // earlier places with a partner; theirs
  for (std::size_t i = 0; i < alignment.size(); ++i)
    if (alignment[i]) {
      kept.push_back(i);
      places.push_back(*alignment[i]);
    }
  if (std::ranges::is_sorted(places)) return;
  // ends[n]: which one ends the run of n + 1 with the smallest last place.
  std::vector<std::size_t> ends;
  std::vector<std::optional<std::size_t>> previous(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto at = std::ranges::lower_bound(
        ends, places[i], {}, [&places](std::size_t end) { return places[end]; });
    if (at != ends.begin()) previous[i] = *(at - 1);
    if (at == ends.end())
      ends.push_back(i);
    else
      *at = i;
  }
  std::vector<bool> in_order(places.size());
  for (std::optional<std::size_t> i = ends.back(); i; i = previous[*i])
    in_order[*i] = true;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (!in_order[i])
      add(Kind::moved, after.path(path, places[i]), std::to_string(kept[i] + 1),
          std::to_string(places[i] + 1));
}

}  // namespace

std::string_view to_string(XmlDifference::Kind kind) {
  switch (kind) {
    case Kind::added:
      return "added";
    case Kind::removed:
      return "removed";
    case Kind::moved:
      return "moved";
    case Kind::changed:
      break;
  }
  return "changed";
}

std::optional<std::vector<XmlDifference>> compare_xml(std::string_view before,
                                                      std::string_view after) {
  tinyxml2::XMLDocument earlier, later;
  if (earlier.Parse(before.data(), before.size()) != tinyxml2::XML_SUCCESS) return {};
  if (later.Parse(after.data(), after.size()) != tinyxml2::XML_SUCCESS) return {};
  if (earlier.RootElement() == nullptr || later.RootElement() == nullptr) return {};
  const XmlTree from = tree_of(*earlier.RootElement()),
                to = tree_of(*later.RootElement());
  Comparer comparer;
  if (from.name == to.name) {
    comparer.compare(from, to, "/" + to.name);
    return std::move(comparer.differences);
  }
  return std::vector<XmlDifference>{{Kind::removed, "/" + from.name, one_line(from), ""},
                                    {Kind::added, "/" + to.name, "", one_line(to)}};
}

}  // namespace hookjournal
