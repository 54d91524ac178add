#include <string>

#include "cli/doctor/doctor.h"
#include "cli/escape.h"

namespace hookjournal {

namespace {

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Style::bad;
    case Severity::warning:
      return Style::warning;
    case Severity::note:
      return Style::faint;
  }
  return Style::plain;
}

}  // namespace

void write_findings(const std::vector<Finding>& findings, Output& output) {
  const std::string* path = nullptr;
  for (const auto& finding : findings) {
    if (path == nullptr || *path != finding.path) {
      if (path != nullptr) output.text("\n");
      output.text(visible(finding.path), Style::heading);
      output.text("\n");
      path = &finding.path;
    }
    const Rule& rule = rule_named(finding.rule);
    output.text("  ");
    output.text(to_string(rule.severity), style_of(rule.severity));
    output.text(rule.likely ? ", likely: " : ": ");
    output.text(visible(finding.text) + "  [" + finding.rule + "]\n");
    if (finding.line != 0)
      output.text("    at " + visible(finding.path) + ":" + std::to_string(finding.line) +
                  "\n");
    output.text("    remedy: " + visible(finding.remedy) + "\n");
  }
}

void write_rules(Output& output) {
  for (const auto& rule : rules()) {
    output.text(rule.name, Style::heading);
    output.text("  ");
    output.text(to_string(rule.severity), style_of(rule.severity));
    output.text(rule.likely ? ", likely\n" : "\n");
    output.text(std::string("    ") + rule.explanation + "\n");
  }
}

}  // namespace hookjournal
