#include <algorithm>

#include "cli/doctor/check_text.h"
#include "cli/escape.h"
#include "engine/shell/shell_walk.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;

bool is_one_of(const std::string& name, const auto& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// Ends well whatever it is given.
bool swallows_status(const ShellNode& last) {
  constexpr const char* kSinks[] = {"tee", "logger", "systemd-cat", "ts"};
  return is_one_of(program_of(last).name, kSinks);
}

// Nobody asks how these ended.
bool has_no_status(const ShellNode& node) {
  constexpr const char* kTellers[] = {"echo", "printf", "date", "cat", "true", ":"};
  return node.kind == Kind::simple && is_one_of(program_of(node).name, kTellers);
}

bool sets(const ShellNode& node, const std::string& option, char letter) {
  if (node.kind != Kind::simple || node.words.empty() || !node.words[0].is("set"))
    return false;
  bool named = false;
  for (const auto& word : node.words) {
    if (named && word.text == option) return true;
    const bool letters =
        word.text.size() > 1 && word.text[0] == '-' && word.text[1] != '-';
    if (letters && letter != 0 && word.text.find(letter) != std::string::npos)
      return true;
    named = letters && word.text.ends_with('o');
  }
  return false;
}

bool has_option(const SeenScript& script, const std::string& option, char letter) {
  const std::string first = script.text.substr(0, script.text.find('\n'));
  const auto dash = first.find(" -");
  if (letter != 0 && dash != std::string::npos &&
      first.find(letter, dash) != std::string::npos)
    return true;
  return any_below(*script.shell,
                   [&](const ShellNode& node) { return sets(node, option, letter); });
}

bool can_end_script(const ShellNode& node) {
  return any_below(node, [](const ShellNode& below) {
    const std::string name = program_of(below).name;
    return name == "exit" || name == "return" || name == "false";
  });
}

// Whether nothing of the script comes after it, so that its status is the script's
// answer: `case "$2" in prepare) prepare-gpu | tee -a LOG ;; esac`.
bool is_last(const ShellNode& node, const ShellPlace& place) {
  if (place.function != nullptr) return false;
  const ShellNode* inside = &node;
  for (auto it = place.parents.rbegin(); it != place.parents.rend(); ++it) {
    const ShellNode& parent = **it;
    const bool last = inside == &parent.children.back();
    switch (parent.kind) {
      case Kind::list:
      case Kind::and_or:
        if (!last) return false;
        break;
      case Kind::branch: {  // the bodies, and an else's
        const auto at = static_cast<std::size_t>(inside - parent.children.data());
        const bool has_else = parent.children.size() % 2 == 1;
        if (at % 2 == 0 && !(has_else && last)) return false;
        break;
      }
      case Kind::choice:
      case Kind::group:
      case Kind::subshell:
        break;
      default:
        return false;
    }
    inside = &parent;
  }
  return true;
}

// Whether somebody goes by the pipeline's status.
bool matters(const ShellNode& pipeline, const ShellPlace& place, bool stops_at_errors) {
  if (place.captured || pipeline.background) return false;
  const ShellNode& first = pipeline.children.front();
  // `exit 1` in there ends the pipeline's part, not the script.
  if (first.kind != Kind::simple) return can_end_script(first) || stops_at_errors;
  const ShellNode* parent = place.parents.empty() ? nullptr : place.parents.back();
  if (parent != nullptr && parent->kind == Kind::and_or &&
      &parent->children.back() != &pipeline)
    return true;
  return is_last(pipeline, place) || stops_at_errors;
}

}  // namespace

void check_pipes(const SeenScript& script, std::vector<Finding>& findings) {
  if (!script.shell || has_option(script, "pipefail", 0)) return;
  if (script.text.find("PIPESTATUS") != std::string::npos) return;
  const bool stops_at_errors = has_option(script, "errexit", 'e');
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace& place) {
    if (node.kind != Kind::pipeline || !swallows_status(node.children.back())) return;
    if (std::all_of(node.children.begin(), node.children.end() - 1, has_no_status))
      return;
    if (!matters(node, place, stops_at_errors)) return;
    const std::string last = program_of(node.children.back()).name;
    findings.push_back({"status-hidden-by-pipe", script.path, node.line,
                        "a failure before `| " + visible(last) +
                            "` is lost: the pipeline ends with the status of " +
                            visible(last),
                        "`set -o pipefail` (bash), or redirect to a file instead"});
  });
}

}  // namespace hookjournal
