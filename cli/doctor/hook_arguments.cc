#include "cli/doctor/hook_arguments.h"

#include <algorithm>
#include <cctype>

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;

bool names_argument(const std::string& text) {
  for (char digit = '1'; digit <= '4'; ++digit)
    if (text.find(std::string("${") + digit + "}") != std::string::npos) return true;
  return text.find("${@}") != std::string::npos || text.find("${*}") != std::string::npos;
}

bool changes_arguments(const ShellNode& node) {
  if (node.kind != Kind::simple || node.words.empty()) return false;
  return node.words[0].is("shift") ||
         (node.words[0].is("set") && node.words.size() > 1 && node.words[1].is("--"));
}

// `main "$@"`, `main "$1" "$2"`
bool hands_all_on(const ShellNode& call) {
  const auto& words = call.words;
  if (words.size() == 2 && (words[1].text == "${@}" || words[1].text == "${*}"))
    return true;
  for (std::size_t i = 1; i < words.size(); ++i)
    if (words[i].text != "${" + std::to_string(i) + "}") return false;
  return words.size() > 2;
}

bool is_declaration(const ShellNode& node) {
  constexpr const char* kDeclares[] = {"local", "export", "readonly", "declare",
                                       "typeset"};
  return node.kind == Kind::simple && !node.words.empty() &&
         std::any_of(std::begin(kDeclares), std::end(kDeclares),
                     [&](const char* name) { return node.words[0].is(name); });
}

// Every call of each function, whether it hands all arguments on.
std::set<std::string> forwarding_functions(const ShellNode& tree) {
  std::set<std::string> functions, called, others;
  walk(tree, [&](const ShellNode& node, const ShellPlace& place) {
    if (node.kind == Kind::function) functions.insert(node.words.at(0).text);
    if (node.kind != Kind::simple || node.words.empty()) return;
    const bool all = place.function == nullptr && hands_all_on(node);
    (all ? called : others).insert(node.words[0].text);
  });
  std::erase_if(functions, [&](const auto& name) {
    return !called.contains(name) || others.contains(name);
  });
  return functions;
}

}  // namespace

HookArguments::HookArguments(const ShellNode& tree)
    : forwarded_(forwarding_functions(tree)) {
  walk(tree, [&](const ShellNode& node, const ShellPlace& place) {
    for (const auto& word : node.assignments) assign(word.text, place);
    if (is_declaration(node))
      for (const auto& word : node.words) assign(word.text, place);
    if (place.function == nullptr && changes_arguments(node)) shifted_ = true;
  });
}

void HookArguments::assign(const std::string& text, const ShellPlace& place) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return;
  const std::string name = text.substr(0, equals);
  const std::string value = replaced(text.substr(equals + 1));
  const bool known = names_argument(value) && are_libvirts(place);
  const auto before = variables_.find(name);
  const bool another = before != variables_.end() && before->second != value;
  if (!known || another || ambiguous_.contains(name)) {
    variables_.erase(name);
    ambiguous_.insert(name);
  } else {
    variables_.emplace(name, value);
  }
}

bool HookArguments::are_libvirts(const ShellPlace& place) const {
  if (shifted_) return false;
  return place.function == nullptr ||
         forwarded_.contains(place.function->words.at(0).text);
}

std::string HookArguments::replaced(std::string text) const {
  for (const auto& [name, value] : variables_) {
    const std::string expansion = "${" + name + "}";
    for (auto at = text.find(expansion); at != std::string::npos;
         at = text.find(expansion, at + value.size()))
      text.replace(at, expansion.size(), value);
  }
  return text;
}

std::string HookArguments::told(const ShellWord& word, const ShellPlace& place) const {
  if (names_argument(word.text) && !are_libvirts(place)) return {};
  return replaced(word.text);
}

bool HookArguments::looks_at_operation(const ShellNode& condition) const {
  const std::string text = replaced(text_of(condition));
  constexpr const char* kArguments[] = {"${2", "${3",  "${@",
                                        "${*", "${#}", "${BASH_ARGV"};
  for (const char* argument : kArguments)
    if (text.find(argument) != std::string::npos) return true;
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr const char* kNames[] = {
      "${op",       "${hook",  "${action", "${command", "${cmd",     "${event",
      "${task",     "${state", "${stage",  "${phase",   "${sub",     "${vm_action",
      "${vm_state", "${when",  "${oper",   "action}",   "operation}"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](const char* name) {
    return lower.find(name) != std::string::npos;
  });
}

}  // namespace hookjournal
