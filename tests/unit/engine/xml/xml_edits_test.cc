// Random documents under random edits that are known, in shape like libvirt's.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "engine/xml/xml_difference.h"
#include "tests/places.h"
#include "tests/unit/catch.h"

namespace hookjournal {
namespace {

using Kind = XmlDifference::Kind;

// Siblings of one name are told apart by `name` attributes, which edits leave alone.
struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::vector<Element> children;
};

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  int below(int limit) { return std::uniform_int_distribution(0, limit - 1)(engine_); }
  bool one_in(int limit) { return below(limit) == 0; }
  template <typename List>
  void shuffle(List& list) {
    std::shuffle(list.begin(), list.end(), engine_);
  }

 private:
  std::mt19937 engine_;
};

Element grown(Chance& chance, const std::string& name, int depth, int& serial) {
  Element element{.name = name};
  element.attributes.emplace_back("name", "n" + std::to_string(++serial));
  for (int i = chance.below(3); i > 0; --i)
    element.attributes.emplace_back("a" + std::to_string(i),
                                    "v<&'" + std::to_string(++serial));
  if (depth == 0 || chance.one_in(3))
    element.text = "t&> " + std::to_string(++serial);
  else
    for (int i = chance.below(5); i > 0; --i)
      element.children.push_back(
          grown(chance, "e" + std::to_string(chance.below(3)), depth - 1, serial));
  return element;
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '<')
      result += "&lt;";
    else if (c == '&')
      result += "&amp;";
    else if (c == '\'')
      result += "&#39;";
    else
      result += c;
  }
  return result;
}

std::string written(const Element& element, Chance* layout = nullptr) {
  Element given = element;
  const std::string blank = layout != nullptr ? "\n \t" : "";
  if (layout != nullptr) layout->shuffle(given.attributes);
  std::string text = "<" + given.name;
  for (const auto& [name, value] : given.attributes)
    text += " " + blank + name + "='" + escaped(value) + "'";
  text += ">" + (given.text.empty() ? blank : escaped(given.text));
  for (const Element& child : given.children) {
    if (layout != nullptr && layout->one_in(4)) text += "<!-- comment -->";
    text += written(child, layout) + blank;
  }
  return text + "</" + given.name + ">";
}

// An edit's kind, and the value it leaves or takes away: unique in the document.
using Trace = std::pair<Kind, std::string>;

class Editor {
 public:
  Editor(Chance& chance, int& serial) : chance_(chance), serial_(serial) {}

  // Edits about one in eight of the elements. What is added is not edited again.
  void edit(Element& element) {
    std::vector<Element> kept;
    for (Element& child : element.children) {
      if (chance_.one_in(16)) {
        traces.emplace(Kind::removed, child.attributes.front().second);
        continue;
      }
      if (chance_.one_in(16)) kept.push_back(added());
      edit(child);
      kept.push_back(std::move(child));
    }
    element.children = std::move(kept);
    if (!element.text.empty() && chance_.one_in(12)) {
      element.text = fresh();
      traces.emplace(Kind::changed, element.text);
    }
    if (element.attributes.size() > 1 && chance_.one_in(12)) {
      element.attributes.back().second = fresh();
      traces.emplace(Kind::changed, element.attributes.back().second);
    } else if (element.attributes.size() > 1 && chance_.one_in(12)) {
      traces.emplace(Kind::removed, element.attributes.back().second);
      element.attributes.pop_back();
    } else if (chance_.one_in(12)) {
      element.attributes.emplace_back("x", fresh());
      traces.emplace(Kind::added, element.attributes.back().second);
    }
  }

  std::multiset<Trace> traces;

 private:
  std::string fresh() { return "f" + std::to_string(++serial_); }
  Element added() {
    Element element = grown(chance_, "e" + std::to_string(chance_.below(3)), 1, serial_);
    traces.emplace(Kind::added, element.attributes.front().second);
    return element;
  }

  Chance& chance_;
  int& serial_;
};

// As Editor writes them down: of an element the value of its first attribute.
Trace trace_of(const XmlDifference& difference) {
  const bool removed = difference.kind == Kind::removed;
  std::string value = removed ? difference.before : difference.after;
  if (const auto name = value.find("name=\""); value.starts_with('<')) {
    value = value.substr(name + 6);
    value = value.substr(0, value.find('"'));
  }
  return {difference.kind, value};
}

TEST_CASE("known edits are found again, all of them and nothing else", "[engine][xml]") {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    Chance chance(seed);
    int serial = 0;
    Element document = grown(chance, "domain", 4, serial);
    const std::string before = written(document);
    Editor editor(chance, serial);
    editor.edit(document);
    const auto found = compare_xml(before, written(document, &chance));
    REQUIRE(found);
    std::multiset<Trace> traces;
    for (const XmlDifference& difference : *found) traces.insert(trace_of(difference));
    CHECK(traces == editor.traces);
  }
}

TEST_CASE("a document written in another way has no differences", "[engine][xml]") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    Chance chance(seed);
    int serial = 0;
    const Element document = grown(chance, "domain", 5, serial);
    const auto found = compare_xml(written(document), written(document, &chance));
    REQUIRE(found);
    CHECK(found->empty());
  }
}

// libvirt's own XML, where a checkout has it beside it.
std::vector<std::string> wide_documents() {
  std::vector<std::string> documents = {
      "<domain type='kvm'><name>g</name><devices><disk><target dev='vda'/></disk>"
      "<disk><target dev='vdb'/></disk></devices></domain>"};
  const auto folder = std::filesystem::path(test::in_sources("../shared/corpus"));
  std::error_code error;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
       !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    if (entry->path().extension() != ".xml") continue;
    std::ifstream file(entry->path(), std::ios::binary);
    documents.emplace_back(std::istreambuf_iterator<char>(file),
                           std::istreambuf_iterator<char>());
  }
  return documents;
}

std::string without_indentation(std::string text) {
  for (auto at = text.find("\n "); at != std::string::npos; at = text.find("\n ", at))
    text.erase(at + 1, 1);
  return text;
}

TEST_CASE("libvirt's XML does not differ from itself, and one edit is one difference",
          "[engine][xml]") {
  for (const std::string& document : wide_documents()) {
    const auto same = compare_xml(document, without_indentation(document));
    if (!same) continue;  // not tinyxml2's to read
    INFO(document);
    CHECK(same->empty());
    const auto end = document.rfind("</");
    auto edited = document;
    edited.insert(end, "<added/>");
    const auto found = compare_xml(document, edited);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().kind == Kind::added);
    CHECK(found->front().path.ends_with("/added"));
  }
}

}  // namespace
}  // namespace hookjournal
