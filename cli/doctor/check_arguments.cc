#include <algorithm>
#include <regex>

#include "cli/doctor/check_text.h"
#include "cli/doctor/hook_arguments.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;

constexpr int kArguments = 4;

void add(const SeenScript& script, int line, const std::string& what,
         std::vector<Finding>& findings) {
  findings.push_back({"expects-other-arguments", script.path, line,
                      what + ", and libvirt gives four: name, operation, sub-operation, "
                             "extra",
                      "count on four; what is absent is given as `-`"});
}

bool holds(int left, const std::string& op, int right) {
  if (op == "-eq" || op == "=" || op == "==") return left == right;
  if (op == "-ne" || op == "!=") return left != right;
  if (op == "-lt" || op == "<") return left < right;
  if (op == "-le" || op == "<=") return left <= right;
  if (op == "-gt" || op == ">") return left > right;
  return left >= right;  // "-ge", ">="
}

// What a comparison of their number with a figure comes to under libvirt; nothing when
// the text is no such comparison alone.
std::optional<bool> comes_to(const std::string& text, const std::string& counted,
                             int count) {
  static const std::string kOps = R"(\s*(-eq|-ne|-lt|-le|-gt|-ge|==|!=|<=|>=|=|<|>)\s*)";
  std::smatch parts;
  const std::regex forward("^[\\s!]*(?:test\\s|\\[+)?\\s*" + counted + kOps +
                           "([0-9]{1,3})\\s*\\]*\\s*$");
  if (!std::regex_match(text, parts, forward)) return {};
  return holds(count, parts[1], std::stoi(parts[2])) !=
         (text.find("! ") == 0 && text.find('[') != std::string::npos);
}

std::optional<bool> shell_test(const ShellNode& node) {
  if (node.kind != Kind::simple && node.kind != Kind::test &&
      node.kind != Kind::arithmetic)
    return {};
  std::string text;
  for (const auto& word : node.words) text += word.text + ' ';
  constexpr std::size_t kLongest = 200;  // a comparison of two numbers is short
  if (text.size() > kLongest) return {};
  if (node.kind == Kind::arithmetic) {
    text = std::regex_replace(text, std::regex(R"(\$#|\$\{#\})"), "${#}");
    return comes_to(text, R"(\$\{#\})", kArguments);
  }
  if (node.kind == Kind::simple && !node.words.empty() && !node.words[0].is("[") &&
      !node.words[0].is("test"))
    return {};
  return comes_to(text, R"(\$\{#\})", kArguments);
}

bool gives_up(const ShellNode& node) {
  return any_below(node, [](const ShellNode& below) {
    const ShellProgram program = program_of(below);
    return program.name == "exit" || program.name == "usage" || program.name == "die";
  });
}

// The one node a list consists of: `if [ $# -ne 3 ]`.
const ShellNode& only(const ShellNode& node) {
  return node.kind == Kind::list && node.children.size() == 1 ? node.children[0] : node;
}

void check_branches(const SeenScript& script, const ShellNode& node,
                    std::vector<Finding>& findings) {
  if (node.kind == Kind::branch) {
    const auto test = shell_test(only(node.children[0]));
    if (!test) return;
    const std::size_t taken = *test ? 1 : 2;
    // An `elif` has its condition there.
    if (taken < node.children.size() && node.children.size() <= 3 &&
        gives_up(node.children[taken]))
      add(script, node.line, "it gives up for another number of arguments", findings);
  }
  if (node.kind == Kind::and_or) {
    const auto test = shell_test(node.children[0]);
    if (test && (node.joins[0] == '&') == *test && gives_up(node.children[1]))
      add(script, node.line, "it gives up for another number of arguments", findings);
  }
}

// $5 is nobody's, unless a function or `set --` made one.
void check_fifth(const SeenScript& script, std::vector<Finding>& findings) {
  bool own_arguments = false, found = false;
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace& place) {
    if (node.kind == Kind::simple && !node.words.empty() && node.words[0].is("set") &&
        node.words.size() > 1)
      own_arguments = true;
    if (found || own_arguments || place.function != nullptr) return;
    for (const auto* words : {&node.words, &node.assignments})
      for (const auto& word : *words)
        for (const auto& expansion : word.expansions)
          if (!found && (expansion == "5" || expansion == "6")) {
            found = true;
            add(script, word.line, "it uses $" + expansion, findings);
          }
  });
}

void check_lines(const SeenScript& script, std::vector<Finding>& findings) {
  const bool python = script.language == Language::python;
  // Python counts the script's own name, perl does not.
  const int count = python ? kArguments + 1 : kArguments;
  static const std::regex python_test(
      R"(^\s*if\s+(?:not\s+)?\(?\s*(len\(\s*(?:sys\.)?argv\s*\)[^:]*?)\)?\s*:)");
  static const std::regex perl_test(
      R"((?:^|\s)(?:if|unless)\s*\(\s*((?:scalar\s*\(?\s*)?@ARGV\)?\s*[^)]*)\))");
  static const std::regex way_out(R"(\b(exit|quit|die|usage|raise)\b)");
  static const std::regex beyond_python(R"(\b(?:sys\.)?argv\[\s*[56]\s*\])");
  static const std::regex beyond_perl(R"(\$ARGV\[\s*[45]\s*\])");
  const auto lines = lines_without_comments(script);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    std::smatch parts;
    if (std::regex_search(lines[i], python ? beyond_python : beyond_perl))
      add(script, number, "it uses one more argument than the last", findings);
    if (!std::regex_search(lines[i], parts, python ? python_test : perl_test)) continue;
    const auto test = comes_to(
        parts[1],
        python ? R"(len\(\s*(?:sys\.)?argv\s*\))" : R"((?:scalar\s*\(?\s*)?@ARGV\)?)",
        count);
    const bool negated = lines[i].find("unless") != std::string::npos ||
                         lines[i].find("if not ") != std::string::npos;
    if (!test || *test == negated) continue;
    std::string then = std::string(parts.suffix());
    for (std::size_t more = i + 1; more < std::min(i + 4, lines.size()); ++more) {
      if (lines[more].starts_with("else") || lines[more].starts_with("}")) break;
      then += lines[more] + "\n";
    }
    if (std::regex_search(then, way_out))
      add(script, number, "it gives up for another number of arguments", findings);
  }
}

}  // namespace

void check_arguments(const SeenScript& script, std::vector<Finding>& findings) {
  // What a dispatcher passes on is its own affair.
  if (script.of_dispatcher) return;
  if (script.language == Language::python || script.language == Language::perl)
    return check_lines(script, findings);
  if (!script.shell) return;
  walk(*script.shell, [&](const ShellNode& node, const ShellPlace& place) {
    if (place.function == nullptr) check_branches(script, node, findings);
  });
  check_fifth(script, findings);
}

}  // namespace hookjournal
