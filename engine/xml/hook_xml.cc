// The door to tinyxml2.
#include "engine/xml/hook_xml.h"

#include <tinyxml2.h>

namespace hookjournal {

namespace {

std::string child_text(const tinyxml2::XMLElement& element, const char* name) {
  const auto* child = element.FirstChildElement(name);
  const char* text = child == nullptr ? nullptr : child->GetText();
  return text == nullptr ? "" : text;
}

std::string attribute(const tinyxml2::XMLElement& element, const char* name) {
  const char* value = element.Attribute(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::optional<InputSummary> summarize_input(std::string_view xml) {
  tinyxml2::XMLDocument document;
  if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS) return {};
  const tinyxml2::XMLElement* root = document.RootElement();
  if (root == nullptr) return {};

  InputSummary summary;
  summary.root = root->Name();
  const tinyxml2::XMLElement* subject = root;
  if (summary.root == "hookData") {
    subject = root->FirstChildElement("network");
    if (const auto* port = root->FirstChildElement("networkport"))
      if (const auto* owner = port->FirstChildElement("owner"))
        summary.port_owner = child_text(*owner, "name");
    if (subject == nullptr) return summary;
  }
  summary.type = attribute(*subject, "type");
  summary.name = child_text(*subject, "name");
  summary.uuid = child_text(*subject, "uuid");
  if (const auto* bridge = subject->FirstChildElement("bridge"))
    summary.bridge = attribute(*bridge, "name");
  return summary;
}

std::vector<NetworkCard> network_cards(std::string_view domain_xml) {
  std::vector<NetworkCard> cards;
  tinyxml2::XMLDocument document;
  if (document.Parse(domain_xml.data(), domain_xml.size()) != tinyxml2::XML_SUCCESS)
    return cards;
  const auto* root = document.RootElement();
  const auto* devices = root == nullptr ? nullptr : root->FirstChildElement("devices");
  if (devices == nullptr) return cards;
  for (const auto* card = devices->FirstChildElement("interface"); card != nullptr;
       card = card->NextSiblingElement("interface")) {
    const auto* source = card->FirstChildElement("source");
    if (attribute(*card, "type") != "network" || source == nullptr) continue;
    const auto* mac = card->FirstChildElement("mac");
    cards.push_back({attribute(*source, "network"),
                     mac == nullptr ? "" : attribute(*mac, "address")});
  }
  return cards;
}

}  // namespace hookjournal
