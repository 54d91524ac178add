#include <nlohmann/json.hpp>

#include "cli/doctor/doctor.h"

namespace hookjournal {

std::string findings_json(const std::vector<Finding>& findings) {
  using json = nlohmann::ordered_json;
  std::string lines;
  for (const auto& finding : findings) {
    const Rule& rule = rule_named(finding.rule);
    const json object = {{"rule", rule.name},
                         {"severity", to_string(rule.severity)},
                         {"likely", rule.likely},
                         {"path", finding.path},
                         {"line", finding.line == 0 ? json() : json(finding.line)},
                         {"text", finding.text},
                         {"remedy", finding.remedy}};
    // A file name need not be UTF-8.
    lines += object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace hookjournal
