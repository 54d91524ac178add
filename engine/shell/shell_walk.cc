#include "engine/shell/shell_walk.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;
using Visit = std::function<void(const ShellNode&, const ShellPlace&)>;

Sink sink_of(const ShellRedirection& redirection, const ShellStreams& streams,
             Sink before) {
  const std::string& target = redirection.target.text;
  if (redirection.op == ">&" || redirection.op == "&>" || redirection.op == "&>>") {
    if (target == "1") return streams.out;
    if (target == "2") return streams.err;
    // Saved by `exec 3>&1`, most likely.
    if (redirection.op == ">&" && target.size() == 1 &&
        std::isdigit(static_cast<unsigned char>(target[0])) != 0)
      return Sink::own_out;
  }
  if (target == "/dev/stdout" || target == "/proc/self/fd/1") return streams.out;
  if (target == "/dev/stderr" || target == "/proc/self/fd/2") return streams.err;
  // `exec > >(tee LOG)`: what is printed comes out again.
  if (!redirection.target.substitutions.empty()) {
    const std::string& inside = redirection.target.substitutions.front().text;
    if (inside.find("tee") != std::string::npos && inside.find('>') == std::string::npos)
      return before;
  }
  return Sink::elsewhere;
}

class Walker {
 public:
  Walker(const Visit& visit, const ShellNode& tree) : visit_(visit) {
    // A function is defined before `exec >FILE` and called after it.
    any_below(tree, [&](const ShellNode& node) {
      if (is_bare_exec(node)) in_functions_ = redirected(in_functions_, node);
      return false;
    });
  }

  void node(const ShellNode& node, ShellPlace place, ShellStreams& shell) {
    place.streams = redirected(shell, node);
    visit_(node, place);
    for (const auto& inside : node.substitutions) captured(inside, place, &node);
    if (is_bare_exec(node)) shell = place.streams;
    place.parents.push_back(&node);
    if (node.kind == Kind::function) {
      place.function = &node;
      ShellStreams called = in_functions_;
      return children(node, place, called);
    }
    ShellStreams own = place.streams;
    const bool same_shell = node.kind != Kind::subshell && !node.background &&
                            node.kind != Kind::pipeline && node.redirections.empty();
    children(node, place, same_shell ? shell : own);
  }

 private:
  static bool is_bare_exec(const ShellNode& node) {
    return node.kind == Kind::simple && node.words.size() == 1 &&
           node.words[0].is("exec");
  }

  void captured(const ShellNode& inside, ShellPlace place, const ShellNode* around) {
    place.parents.push_back(around);
    place.captured = true;
    ShellStreams streams{Sink::elsewhere, place.streams.err};
    node(inside, place, streams);
  }

  void children(const ShellNode& parent, const ShellPlace& place, ShellStreams& shell) {
    for (const auto& child : parent.children) {
      if (parent.kind == Kind::pipeline) {
        ShellStreams element = shell;
        if (&child != &parent.children.back()) element.out = Sink::elsewhere;
        node(child, place, element);
      } else if (child.background) {
        ShellStreams element = shell;
        node(child, place, element);
      } else {
        node(child, place, shell);
      }
    }
  }

  const Visit& visit_;
  ShellStreams in_functions_;
};

// Words of a wrapper's own before the program it runs.
std::size_t after_options(const ShellNode& simple, std::size_t at,
                          std::string_view with_value) {
  const auto& words = simple.words;
  while (at < words.size() && words[at].text.starts_with('-')) {
    const std::string& option = words[at].text;
    ++at;
    if (option == "--") break;
    if (option.size() == 2 && with_value.find(option[1]) != std::string_view::npos) ++at;
  }
  return at;
}

struct Wrapper {
  std::string_view name;
  std::string_view with_value;  // options of one letter that take a word
  std::size_t operands = 0;     // of its own, before the program
  bool another_user = false;
};
constexpr Wrapper kWrappers[] = {
    {"exec", "a"},           {"command", ""},
    {"builtin", ""},         {"nohup", ""},
    {"setsid", ""},          {"time", "fo"},
    {"nice", "n"},           {"ionice", "cn"},
    {"chrt", "TPD", 1},      {"timeout", "ks", 1},
    {"stdbuf", "ioe"},       {"env", "uCS"},
    {"taskset", "", 1},      {"sudo", "ugpCrthUT", 0, true},
    {"doas", "uC", 0, true}, {"runuser", "ugGc", 0, true},
    {"xargs", "InPLdsEa"},   {"eval", ""},
};

}  // namespace

ShellStreams redirected(ShellStreams streams, const ShellNode& node) {
  for (const auto& redirection : node.redirections) {
    if (redirection.op[0] == '<') continue;
    const bool both = redirection.op.starts_with("&>") ||
                      (redirection.op == ">&" && redirection.fd < 0 &&
                       redirection.target.text.size() > 1);
    if (both) {
      streams.out = streams.err = sink_of(redirection, streams, streams.out);
    } else if (redirection.fd == 2) {
      streams.err = sink_of(redirection, streams, streams.err);
    } else if (redirection.fd == 1 || redirection.fd < 0) {
      streams.out = sink_of(redirection, streams, streams.out);
    }
  }
  return streams;
}

void walk(const ShellNode& tree, const Visit& visit) {
  ShellStreams streams;
  Walker(visit, tree).node(tree, {}, streams);
}

ShellProgram program_of(const ShellNode& simple) {
  ShellProgram program;
  if (simple.kind != Kind::simple) return program;
  const auto& words = simple.words;
  for (;;) {
    if (program.at >= words.size()) return program;
    const ShellWord& word = words[program.at];
    if (!word.literal) return program;
    program.path = word.text;
    program.name = word.text.substr(word.text.rfind('/') + 1);
    const auto wrapper =
        std::find_if(std::begin(kWrappers), std::end(kWrappers),
                     [&](const Wrapper& known) { return known.name == program.name; });
    if (wrapper == std::end(kWrappers)) return program;
    std::size_t next = after_options(simple, program.at + 1, wrapper->with_value);
    // `command -v virsh` and `sudo -i` run nothing that stands here.
    if (program.name == "command" && next > program.at + 1) return program;
    next += wrapper->operands;
    while (next < words.size() && (wrapper->another_user || wrapper->name == "env") &&
           words[next].text.find('=') != std::string::npos)
      ++next;
    if (next >= words.size()) return program;
    program.by_another = program.by_another || wrapper->another_user;
    program.at = next;
    program.name.clear();
    program.path.clear();
  }
}

std::string text_of(const ShellNode& node) {
  std::string text;
  for (const auto* words : {&node.assignments, &node.words})
    for (const auto& word : *words) text += word.text + ' ';
  for (const auto& patterns : node.patterns)
    for (const auto& word : patterns) text += word.text + ' ';
  for (const auto& redirection : node.redirections) text += redirection.target.text + ' ';
  for (const auto* nodes : {&node.children, &node.substitutions})
    for (const auto& child : *nodes) text += text_of(child);
  return text;
}

bool any_below(const ShellNode& tree, const std::function<bool(const ShellNode&)>& is) {
  if (is(tree)) return true;
  const auto below = [&](const ShellNode& child) { return any_below(child, is); };
  return std::any_of(tree.children.begin(), tree.children.end(), below) ||
         std::any_of(tree.substitutions.begin(), tree.substitutions.end(), below);
}

bool runs(const ShellNode& tree, const std::string& program) {
  return any_below(
      tree, [&](const ShellNode& node) { return program_of(node).name == program; });
}

}  // namespace hookjournal
