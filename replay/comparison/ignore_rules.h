#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replay/comparison/difference.h"

namespace hookjournal {

// A user's rules, ready for use; see Maskers::ignore.
class IgnoreRules {
 public:
  // Throws UsageError for a rule that is none.
  explicit IgnoreRules(const std::vector<std::string>& rules);
  ~IgnoreRules();

  // The name of the first rule that leaves `text` (a line, a path, a command line, an
  // object) out of the comparison of this field; null: it is compared.
  const std::string* rule_for(Field field, const std::string& text) const;
  bool any_of(Field field) const;

 private:
  struct Rule;
  std::vector<std::unique_ptr<Rule>> rules_;
};

}  // namespace hookjournal
