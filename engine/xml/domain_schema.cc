// Reads as much of RELAX NG as libvirt's grammars have: patterns, names and references.
// Every way to combine patterns counts as "may have": what may stand at a place by any
// reading is known there. (libxml2's validator says that a document is invalid, but
// rarely which element it is that libvirt does not know.)
#include "engine/xml/domain_schema.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/small_file.h"
#include "engine/xml/strict_xml.h"

namespace hookjournal {

namespace {

constexpr std::size_t kLargestSchema = 8 << 20;

using Patterns = std::vector<const StrictElement*>;

struct Allowed {
  Patterns elements, attributes;
};

bool has_name(const StrictElement& pattern, const std::string& name) {
  if (const auto given = pattern.attribute("name")) return *given == name;
  // A name class: anyName, or something rarer that is not worth a false alarm.
  return true;
}

bool is_open(const StrictElement& pattern) { return !pattern.attribute("name"); }

class Grammar {
 public:
  void load(const std::filesystem::path& folder, const std::string& file);
  // What may be in the element that `patterns` describe.
  const Allowed& allowed_in(const Patterns& patterns);
  Allowed root() const;

 private:
  using Followed = std::set<std::string>;
  void take_in(const StrictElement& grammar, const std::filesystem::path& folder);
  void collect(const StrictElement& parent, Allowed& allowed, Followed& followed) const;
  void follow(const std::string& name, Allowed& allowed, Followed& followed) const;

  std::map<std::string, StrictElement> files_;  // owns the patterns
  std::map<Patterns, Allowed> inside_;
  std::multimap<std::string, const StrictElement*> definitions_;
};

void Grammar::load(const std::filesystem::path& folder, const std::string& file) {
  if (files_.contains(file)) return;
  const auto text = read_small_file(folder / file, kLargestSchema);
  if (!text) return;
  StrictXml xml = parse_strictly(*text);
  auto* grammar = std::get_if<StrictElement>(&xml);
  if (grammar == nullptr) return;
  take_in(files_.emplace(file, std::move(*grammar)).first->second, folder);
}

// One definition may stand in several files, each adding to or overriding another: all
// count.
void Grammar::take_in(const StrictElement& grammar, const std::filesystem::path& folder) {
  for (const StrictElement& part : grammar.children) {
    if (part.name == "define")
      definitions_.emplace(part.attribute("name").value_or(""), &part);
    if (part.name == "include") load(folder, part.attribute("href").value_or(""));
    if (part.name == "include" || part.name == "div") take_in(part, folder);
  }
}

void Grammar::follow(const std::string& name, Allowed& allowed,
                     Followed& followed) const {
  if (!followed.insert(name).second) return;
  const auto [first, last] = definitions_.equal_range(name);
  for (auto definition = first; definition != last; ++definition)
    collect(*definition->second, allowed, followed);
}

void Grammar::collect(const StrictElement& parent, Allowed& allowed,
                      Followed& followed) const {
  for (const StrictElement& part : parent.children) {
    if (part.name == "element")
      allowed.elements.push_back(&part);
    else if (part.name == "attribute")
      allowed.attributes.push_back(&part);
    else if (part.name == "ref")
      follow(part.attribute("name").value_or(""), allowed, followed);
    else
      collect(part, allowed, followed);
  }
}

const Allowed& Grammar::allowed_in(const Patterns& patterns) {
  const auto [place, is_new] = inside_.try_emplace(patterns);
  if (is_new) {
    Followed followed;
    for (const StrictElement* pattern : patterns)
      collect(*pattern, place->second, followed);
  }
  return place->second;
}

Allowed Grammar::root() const {
  Allowed allowed;
  Followed followed;
  follow("domain", allowed, followed);
  return allowed;
}

class Search {
 public:
  explicit Search(Grammar& grammar) : grammar_(grammar) {}

  void element(const StrictElement& element, const Allowed& allowed,
               const std::string& parent) {
    const std::string path = parent + "/" +
                             (element.prefix.empty() ? "" : element.prefix + ":") +
                             element.name;
    Patterns patterns;
    for (const StrictElement* pattern : allowed.elements)
      if (has_name(*pattern, element.name)) patterns.push_back(pattern);
    if (patterns.empty()) return add(path);
    if (std::ranges::any_of(
            patterns, [](const StrictElement* pattern) { return is_open(*pattern); }))
      return;  // an administrator's own metadata
    const Allowed& inside = grammar_.allowed_in(patterns);
    for (const StrictAttribute& attribute : element.attributes)
      if (std::ranges::none_of(inside.attributes, [&](const StrictElement* pattern) {
            return has_name(*pattern, attribute.name);
          }))
        add(path + "/@" + attribute.name);
    for (const StrictElement& child : element.children)
      this->element(child, inside, path);
  }

  std::vector<std::string> found;

 private:
  void add(const std::string& path) {
    if (told_.insert(path).second) found.push_back(path);
  }

  Grammar& grammar_;
  std::set<std::string> told_;
};

}  // namespace

std::vector<std::string> unknown_to_libvirt(const std::string& definition,
                                            const std::filesystem::path& schemas) {
  const StrictXml xml = parse_strictly(definition);
  const auto* domain = std::get_if<StrictElement>(&xml);
  Grammar grammar;
  grammar.load(schemas, "domain.rng");
  const Allowed root = grammar.root();
  if (domain == nullptr || root.elements.empty()) return {};
  Search search(grammar);
  search.element(*domain, root, "");
  return std::move(search.found);
}

}  // namespace hookjournal
