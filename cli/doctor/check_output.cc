#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

#include "cli/doctor/check_text.h"
#include "cli/doctor/hook_arguments.h"
#include "cli/escape.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;

void add(const SeenScript& script, int line, const std::string& what,
         std::vector<Finding>& findings) {
  findings.push_back({"prints-into-filter", script.path, line,
                      what +
                          " prints to stdout whatever the operation is: on a migration "
                          "or restore libvirt takes it for the guest's XML",
                      "send it to stderr (`>&2`) or to a log file"});
}

// Text of the script's own; the guest's XML handed on is what a filter is for.
bool prints_text(const ShellNode& node) {
  if (node.kind != Kind::simple) return false;
  const std::string name = program_of(node).name;
  const bool here_document = std::any_of(
      node.redirections.begin(), node.redirections.end(),
      [](const auto& redirection) { return redirection.op.starts_with("<<"); });
  if (name == "cat") return here_document;
  if (name != "echo" && name != "printf" && name != "date" && name != "whoami" &&
      name != "uname" && name != "lspci" && name != "lsmod")
    return false;
  if (name == "echo" && node.words.size() < 2) return false;  // blank is no output
  return std::none_of(node.words.begin(), node.words.end(), [](const ShellWord& word) {
    std::string lower = word.text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return (!word.expansions.empty() && (lower.find("xml") != std::string::npos ||
                                         lower.find("input") != std::string::npos ||
                                         lower.find("stdin") != std::string::npos ||
                                         lower.find("domain") != std::string::npos)) ||
           lower.find("<domain") != std::string::npos;
  });
}

bool is_for_filter(const std::vector<ShellWord>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [](const ShellWord& word) {
    return word.text.find("migrate") != std::string::npos ||
           word.text.find("restore") != std::string::npos;
  });
}

class OutputCheck {
 public:
  explicit OutputCheck(const SeenScript& script)
      : script_(script), arguments_(*script.shell) {}

  void run(std::vector<Finding>& findings) {
    find_printing_functions();
    bool found = false;  // one is enough: the remedy is the same for all
    visit([&](const ShellNode& node, const ShellPlace& place) {
      if (found || place.function != nullptr || !prints(node)) return;
      const auto name = node.words[program_of(node).at];
      add(script_, name.line, "`" + visible(name.text) + "`", findings);
      found = true;
    });
  }

 private:
  // Whatever nothing around it, and nothing before it, makes depend on the operation.
  void visit(const std::function<void(const ShellNode&, const ShellPlace&)>& use) {
    std::vector<const ShellNode*> guards;
    walk(*script_.shell, [&](const ShellNode& node, const ShellPlace& place) {
      const bool unguarded =
          !place.captured && place.streams.out == Sink::own_out &&
          std::none_of(guards.begin(), guards.end(),
                       [&](const auto* guard) { return !is_within(*guard, place); });
      if (unguarded && !depends(node, place)) use(node, place);
      if (place.function == nullptr && ends_script_by_operation(node))
        guards.push_back(&node);
    });
  }

  static bool is_within(const ShellNode& outer, const ShellPlace& place) {
    return std::find(place.parents.begin(), place.parents.end(), &outer) !=
           place.parents.end();
  }

  bool ends_script_by_operation(const ShellNode& node) const {
    if (node.kind != Kind::branch && node.kind != Kind::choice &&
        node.kind != Kind::and_or)
      return false;
    return arguments_.looks_at_operation(node) &&
           any_below(node, [](const ShellNode& below) {
             const std::string name = program_of(below).name;
             return name == "exit" || name == "return" || name == "exec";
           });
  }

  // Whether a condition around it has to do with the operation.
  bool depends(const ShellNode& node, const ShellPlace& place) const {
    for (std::size_t i = 0; i < place.parents.size(); ++i) {
      const ShellNode& parent = *place.parents[i];
      const ShellNode& inside =
          i + 1 < place.parents.size() ? *place.parents[i + 1] : node;
      if (depends_in(parent, inside)) return true;
    }
    return false;
  }

  bool depends_in(const ShellNode& parent, const ShellNode& inside) const {
    // What it reads may well be the XML that it hands on.
    if (parent.kind == Kind::loop && runs(parent.children[0], "read")) return true;
    if (parent.kind == Kind::branch || parent.kind == Kind::and_or ||
        parent.kind == Kind::loop) {
      // Whatever is not first has what stands before it as a condition.
      for (const auto& child : parent.children) {
        if (&child == &inside) return false;
        if (arguments_.looks_at_operation(child)) return true;
      }
    }
    if (parent.kind == Kind::each) return true;  // over what, nobody knows
    if (parent.kind != Kind::choice || !looks_at(parent.words[0])) return false;
    bool others = false;
    for (std::size_t i = 0; i < parent.children.size(); ++i) {
      if (&parent.children[i] != &inside) {
        others = others || is_for_filter(parent.patterns[i]);
        continue;
      }
      const auto& patterns = parent.patterns[i];
      const bool any = patterns.size() == 1 && patterns[0].is("*");
      // `*)` comes for migrate and restore too, unless these have their own.
      return !any || others;
    }
    return true;
  }

  bool looks_at(const ShellWord& subject) const {
    ShellNode node;
    node.words.push_back(subject);
    return arguments_.looks_at_operation(node);
  }

  bool prints(const ShellNode& node) const {
    return prints_text(node) || printing_.contains(program_of(node).name);
  }

  // `log() { echo ...; }` prints where it is called.
  void find_printing_functions() {
    std::size_t before = 0;
    do {  // those that call one that prints do so as well
      before = printing_.size();
      visit([&](const ShellNode& node, const ShellPlace& place) {
        if (place.function != nullptr && prints(node))
          printing_.insert(place.function->words.at(0).text);
      });
    } while (printing_.size() != before);
  }

  const SeenScript& script_;
  HookArguments arguments_;
  std::set<std::string> printing_;
};

void check_lines(const SeenScript& script, std::vector<Finding>& findings) {
  const bool python = script.language == Language::python;
  static const std::regex print_call(R"(^print\s*\()");
  static const std::regex perl_print(R"(^(print|say)\s+["'$])");
  static const std::regex leaves(R"(\b(exit|quit|return|exec\w*)\b)");
  static const std::regex elsewhere(R"(file\s*=|sys\.stdout\s*=|xml|XML|select)");
  for (const auto& lines = lines_without_comments(script); const auto& line : lines) {
    const int number = static_cast<int>(&line - lines.data()) + 1;
    // After a way out, or with stdout led elsewhere, nobody can tell.
    if (std::regex_search(line, leaves) || std::regex_search(line, elsewhere)) return;
    if (std::regex_search(line, python ? print_call : perl_print))
      return add(script, number, "`print`", findings);
  }
}

}  // namespace

void check_output(const SeenScript& script, std::vector<Finding>& findings) {
  // Only these have a migrate or restore; other drivers throw stdout away.
  if (script.driver != "qemu" && script.driver != "libxl") return;
  if (script.of_dispatcher) return;  // it is there for one operation
  if (script.shell) OutputCheck(script).run(findings);
  if (script.language == Language::python || script.language == Language::perl)
    check_lines(script, findings);
}

}  // namespace hookjournal
