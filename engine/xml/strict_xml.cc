// The door to libxml2.
//
// libvirt parses a definition with xmlCtxtReadDoc() and the options NONET and NOWARNING
// (virxml.c, virXMLParseHelper): no NOENT, no DTD is loaded, no HUGE. So do we, and so a
// document is refused here for what it is refused there. The wording of an error, limits
// against documents that blow up, and what becomes of an encoding that is declared (2.9
// reads a string as UTF-8 all the same, 2.12 converts it) are those of the libxml2 at
// hand, which on a libvirt host is libvirt's own.
#include "engine/xml/strict_xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace hookjournal {

namespace {

// What libvirt calls the document in its messages.
constexpr const char* kDocumentName = "(domain_definition)";

struct FreeContext {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
};
struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

#if LIBXML_VERSION >= 21200  // the callback's type changed there
using ReportedError = const xmlError*;
#else
using ReportedError = xmlError*;
#endif

// libvirt tells the first fatal error and drops what follows from it.
void keep_first_error(void* context, ReportedError error) {
  auto& found =
      *static_cast<NotWellFormed*>(static_cast<xmlParserCtxt*>(context)->_private);
  if (error->level != XML_ERR_FATAL || !found.message.empty()) return;
  // Without a name it is about the text of an entity (virxml.c, catchXMLError).
  found.message = error->file == nullptr ? "at line " : std::string(error->file) + ":";
  found.message += std::to_string(error->line) + ": ";
  found.message += error->message == nullptr ? "" : error->message;
  while (found.message.ends_with('\n')) found.message.pop_back();
  std::ranges::replace(found.message, '\n', ' ');
}

void report_to(xmlParserCtxt& context, NotWellFormed& error) {
  context._private = &error;
#if LIBXML_VERSION >= 21300
  xmlCtxtSetErrorHandler(&context, keep_first_error, &context);
#else
  context.sax->serror = keep_first_error;  // gets context.userData, the context itself
#endif
}

std::string text_of(const xmlChar* text) {
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

// Text among `nodes`. False when there is more to it: an entity's.
bool append_text(const xmlNode* nodes, std::string& text) {
  bool whole = true;
  for (const xmlNode* node = nodes; node != nullptr; node = node->next) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
      text += text_of(node->content);
    else if (node->type == XML_ENTITY_REF_NODE)
      whole = false;
  }
  return whole;
}

StrictElement element_of(const xmlNode& node) {
  StrictElement element;
  element.name = text_of(node.name);
  if (node.ns != nullptr) {
    element.prefix = text_of(node.ns->prefix);
    element.ns = text_of(node.ns->href);
  }
  for (const xmlAttr* given = node.properties; given != nullptr; given = given->next) {
    StrictAttribute attribute{text_of(given->name), ""};
    if (!append_text(given->children, attribute.value)) element.whole = false;
    element.attributes.push_back(std::move(attribute));
  }
  for (const xmlNode* child = node.children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE) {
      element.children.push_back(element_of(*child));
      element.text += element.children.back().text;
    } else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
      element.text += text_of(child->content);
    } else if (child->type == XML_ENTITY_REF_NODE) {
      element.whole = false;
    }
  }
  return element;
}

}  // namespace

const StrictElement* StrictElement::child(std::string_view child_name) const {
  const auto found = std::ranges::find_if(children, [&](const StrictElement& child) {
    return child.name == child_name && child.ns.empty();
  });
  return found == children.end() ? nullptr : &*found;
}

std::optional<std::string> StrictElement::attribute(
    std::string_view attribute_name) const {
  const auto found =
      std::ranges::find(attributes, attribute_name, &StrictAttribute::name);
  if (found == attributes.end()) return {};
  return found->value;
}

std::string StrictElement::child_text(std::string_view child_name) const {
  const StrictElement* found = child(child_name);
  return found == nullptr ? "" : found->text;
}

std::string StrictElement::child_attribute(std::string_view child_name,
                                           std::string_view attribute_name) const {
  const StrictElement* found = child(child_name);
  return found == nullptr ? "" : found->attribute(attribute_name).value_or("");
}

StrictXml parse_strictly(const std::string& text) {
  static const bool prepared = (xmlInitParser(), true);  // once, before any thread parses
  NotWellFormed error;
  const std::unique_ptr<xmlParserCtxt, FreeContext> context(xmlNewParserCtxt());
  if (!prepared || context == nullptr) return NotWellFormed{"out of memory"};
  report_to(*context, error);
  const auto* bytes = reinterpret_cast<const xmlChar*>(text.c_str());
  const std::unique_ptr<xmlDoc, FreeDocument> document(
      xmlCtxtReadDoc(context.get(), bytes, kDocumentName, nullptr,
                     XML_PARSE_NONET | XML_PARSE_NOWARNING));
  const xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
  if (root != nullptr) return element_of(*root);
  if (error.message.empty()) error.message = "failed to parse xml document";
  return error;
}

}  // namespace hookjournal
