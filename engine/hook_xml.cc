// The door to tinyxml2.
#include "engine/hook_xml.h"

#include <tinyxml2.h>

namespace hookjournal {

namespace {

std::string child_text(const tinyxml2::XMLElement& element, const char* name) {
  const auto* child = element.FirstChildElement(name);
  const char* text = child == nullptr ? nullptr : child->GetText();
  return text == nullptr ? "" : text;
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
  if (const char* type = subject->Attribute("type")) summary.type = type;
  summary.name = child_text(*subject, "name");
  summary.uuid = child_text(*subject, "uuid");
  return summary;
}

}  // namespace hookjournal
