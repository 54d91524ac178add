// Of the door to tinyxml2, as hook_xml.cc: the library of the two is the door.
#include "engine/xml/xml_places.h"

#include <tinyxml2.h>

#include <algorithm>

namespace hookjournal {

namespace {

std::string text_of(const tinyxml2::XMLElement& element) {
  std::string text;
  for (const auto* node = element.FirstChild(); node != nullptr;
       node = node->NextSibling())
    if (const auto* part = node->ToText()) text += part->Value();
  return text.find_first_not_of(" \t\r\n") == std::string::npos ? std::string() : text;
}

// `path` is that of the parent; used as a stack to save allocations.
void add(XmlPlaces& places, const tinyxml2::XMLElement& element, std::string& path) {
  const std::size_t length = path.size();
  (path += '/') += element.Name();
  places[path].push_back(text_of(element));
  const std::size_t own = path.size();
  for (const auto* attribute = element.FirstAttribute(); attribute != nullptr;
       attribute = attribute->Next()) {
    (path += "/@") += attribute->Name();
    places[path].emplace_back(attribute->Value());
    path.resize(own);
  }
  for (const auto* child = element.FirstChildElement(); child != nullptr;
       child = child->NextSiblingElement())
    add(places, *child, path);
  path.resize(length);
}

}  // namespace

std::optional<XmlPlaces> places_of(std::string_view xml) {
  tinyxml2::XMLDocument document;
  if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS) return {};
  if (document.RootElement() == nullptr) return {};
  XmlPlaces places;
  std::string path;
  add(places, *document.RootElement(), path);
  for (auto& [place, values] : places) std::ranges::sort(values);
  return places;
}

std::string place_of_path(std::string_view path) {
  std::string place;
  bool number = false;
  for (const char c : path) {
    if (c == '[') number = true;
    if (!number) place += c;
    if (c == ']') number = false;
  }
  return place;
}

}  // namespace hookjournal
