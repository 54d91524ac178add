#include "replay/comparison/ignore_rules.h"

#include <fnmatch.h>

#include <optional>
#include <regex>

#include "engine/error.h"
#include "replay/comparison/maskers.h"

namespace hookjournal {
namespace {

bool may_be_ignored(Field field) {
  return field == Field::err || field == Field::out || field == Field::files ||
         field == Field::commands || field == Field::network;
}

}  // namespace

struct IgnoreRules::Rule {
  std::string name;  // "ignore files /var/log/*"
  Field field = Field::files;
  std::string glob;
  std::optional<std::regex> regex;

  explicit Rule(const std::string& text) : name("ignore " + text) {
    const std::size_t blank = text.find(' ');
    const std::optional<Field> named = field_named(text.substr(0, blank));
    if (blank == std::string::npos || blank + 1 == text.size() || !named ||
        !may_be_ignored(*named))
      throw UsageError("--ignore '" + text +
                       "' is no rule: write 'stderr REGEX', 'stdout REGEX', 'files "
                       "GLOB', 'commands GLOB' or 'network GLOB'");
    field = *named;
    glob = text.substr(blank + 1);
    if (field != Field::err && field != Field::out) return;
    try {
      regex.emplace(glob, std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error& wrong) {
      throw UsageError("--ignore '" + text + "': no regular expression: " + wrong.what());
    }
  }

  bool fits(const std::string& text) const {
    // The library's matching takes stack for each character.
    constexpr std::size_t kMost = 4096;
    if (regex) {
      const std::string_view part = std::string_view(text).substr(0, kMost);
      return std::regex_search(part.begin(), part.end(), *regex);
    }
    return fnmatch(glob.c_str(), text.c_str(), 0) == 0;
  }
};

IgnoreRules::IgnoreRules(const std::vector<std::string>& rules) {
  for (const std::string& rule : rules) rules_.push_back(std::make_unique<Rule>(rule));
}
IgnoreRules::~IgnoreRules() = default;

const std::string* IgnoreRules::rule_for(Field field, const std::string& text) const {
  for (const auto& rule : rules_)
    if (rule->field == field && rule->fits(text)) return &rule->name;
  return nullptr;
}

bool IgnoreRules::any_of(Field field) const {
  for (const auto& rule : rules_)
    if (rule->field == field) return true;
  return false;
}

void check_ignore_rule(const std::string& rule) { IgnoreRules({rule}); }

}  // namespace hookjournal
