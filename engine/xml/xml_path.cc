// With strict_xml.cc the door to libxml2. Documents are what guests' owners wrote, so
// they are parsed with as little as there.
#include "engine/xml/xml_path.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <utility>

#include "engine/error.h"

namespace hookjournal {

namespace {

// Steps of an evaluation: some seconds. A usual path over a usual guest takes thousands.
constexpr unsigned long kMostSteps = 100'000'000;

struct FreeExpression {
  void operator()(xmlXPathCompExpr* expression) const {
    xmlXPathFreeCompExpr(expression);
  }
};
struct FreeEvaluation {
  void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
};
struct FreeResult {
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
struct FreeParsed {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Evaluation = std::unique_ptr<xmlXPathContext, FreeEvaluation>;

// The first error of an evaluation; 0: none.
struct PathError {
  int code = 0;
  std::string message;
};

#if LIBXML_VERSION >= 21200  // the callback's type changed there
using ReportedPathError = const xmlError*;
#else
using ReportedPathError = xmlError*;
#endif

void keep_first_path_error(void* into, ReportedPathError reported) {
  auto& error = *static_cast<PathError*>(into);
  if (error.code != 0) return;
  error.code = reported->code;
  error.message = reported->message == nullptr ? "" : reported->message;
  while (error.message.ends_with('\n')) error.message.pop_back();
}

// Some of what an evaluation finds wrong libxml2 also prints.
void print_nothing(void*, const char*, ...) {}

Evaluation evaluation_of(xmlDoc* document, PathError& error) {
  Evaluation context(xmlXPathNewContext(document));
  if (context == nullptr) throw Error("out of memory for an XPath");
  xmlSetGenericErrorFunc(nullptr, print_nothing);
  context->userData = &error;
  context->error = keep_first_path_error;
#if LIBXML_VERSION >= 20911
  context->opLimit = kMostSteps;
#endif
  return context;
}

std::unique_ptr<xmlDoc, FreeParsed> parsed_quietly(const std::string& text) {
  static const bool prepared = (xmlInitParser(), true);
  static_cast<void>(prepared);
  return std::unique_ptr<xmlDoc, FreeParsed>(
      xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                    XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_NOERROR));
}

}  // namespace

struct XmlPath::Parts {
  std::string text;
  std::unique_ptr<xmlXPathCompExpr, FreeExpression> compiled;

  UsageError refusal(const std::string& why) const {
    return UsageError("'" + text + "': it is no XPath: " + why);
  }
};

XmlPath::XmlPath(const std::string& expression) : parts_(std::make_unique<Parts>()) {
  parts_->text = expression;
  PathError error;
  const Evaluation context = evaluation_of(nullptr, error);
  parts_->compiled.reset(xmlXPathCtxtCompile(
      context.get(), reinterpret_cast<const xmlChar*>(expression.c_str())));
  if (parts_->compiled == nullptr)
    throw parts_->refusal(error.message.empty() ? "it cannot be read" : error.message);
  matches("<domain/>");  // an unknown function is found only in use
}

XmlPath::~XmlPath() = default;
XmlPath::XmlPath(XmlPath&&) noexcept = default;

bool XmlPath::matches(const std::string& document) const {
  const auto parsed = parsed_quietly(document);
  const xmlNode* root = parsed ? xmlDocGetRootElement(parsed.get()) : nullptr;
  if (root == nullptr) return false;
  PathError error;
  const Evaluation context = evaluation_of(parsed.get(), error);
  for (const xmlNs* declared = root->nsDef; declared != nullptr;
       declared = declared->next)
    if (declared->prefix != nullptr)
      xmlXPathRegisterNs(context.get(), declared->prefix, declared->href);
  const std::unique_ptr<xmlXPathObject, FreeResult> result(
      xmlXPathCompiledEval(parts_->compiled.get(), context.get()));
  if (result != nullptr && error.code == 0)
    return xmlXPathCastToBoolean(result.get()) != 0;
  // Of a document that does not declare the prefix.
  if (error.code == XML_XPATH_UNDEF_PREFIX_ERROR) return false;
#if LIBXML_VERSION >= 20911
  if (context->opCount >= kMostSteps)
    throw Error("the XPath '" + parts_->text +
                "' takes too long over one of the inputs; one with fewer // may do");
#endif
  throw parts_->refusal(error.message.empty() ? "it cannot be evaluated" : error.message);
}

}  // namespace hookjournal
