#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/shell/shell_walk.h"

namespace hookjournal {

// How a shell script names the four arguments libvirt gives it: as $1 to $4, or by
// variables it has put them into.
class HookArguments {
 public:
  explicit HookArguments(const ShellNode& tree);

  // The word with such variables replaced, "${2}/${3}"; empty when its $1 to $4 are not
  // libvirt's (a function's own, or after `shift`).
  std::string told(const ShellWord& word, const ShellPlace& place) const;
  // Whether the text of a condition has the operation in it. In doubt it has.
  bool looks_at_operation(const ShellNode& condition) const;

 private:
  void assign(const std::string& text, const ShellPlace& place);
  bool are_libvirts(const ShellPlace& place) const;
  std::string replaced(std::string text) const;

  std::map<std::string, std::string> variables_;
  std::set<std::string> ambiguous_;  // assigned in several ways
  std::set<std::string> forwarded_;  // functions called with "$@" only
  bool shifted_ = false;
};

}  // namespace hookjournal
