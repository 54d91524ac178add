#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hookjournal {

enum class Severity {
  error,    // a call fails, hangs or is not made, or others decide what root runs
  warning,  // goes wrong with certain guests, operations or versions of libvirt
  note,     // worth knowing, nothing needs doing
};
const char* to_string(Severity severity);

// One thing that can be wrong. Names are a contract: programs choose by them.
struct Rule {
  const char* name;
  Severity severity;
  // Told from a script's text, which cannot be done for certain.
  bool likely;
  const char* explanation;
};

const std::vector<Rule>& rules();
// The rule must exist.
const Rule& rule_named(std::string_view name);

struct Finding {
  std::string rule;
  std::string path;    // as libvirt sees it
  int line = 0;        // 0: the file as a whole
  std::string text;    // what is wrong
  std::string remedy;  // one line
};

// Whether anything needs doing.
bool needs_doing(const std::vector<Finding>& findings);

}  // namespace hookjournal
