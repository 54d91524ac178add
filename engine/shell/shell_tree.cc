#include "engine/shell/shell_tree.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "engine/shell/shell_parser.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;
using TokenKind = ShellToken::Kind;

// What no script of a person reaches: a file of nothing but "(" is no script.
constexpr int kDeepest = 100;

bool is_assignment(const ShellWord& word) {
  const auto equals = word.text.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  std::string name = word.text.substr(0, equals);
  if (name.ends_with('+')) name.pop_back();
  name.erase(std::min(name.find('['), name.size()));
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

}  // namespace

bool ShellParser::at_list_end() const {
  constexpr std::string_view kEnds[] = {"then", "fi",   "elif", "else",
                                        "do",   "done", "esac", "}"};
  if (now_.kind == TokenKind::end) return true;
  if (now_.kind == TokenKind::op)
    return now_.op == ")" || now_.op == ";;" || now_.op == ";&" || now_.op == ";;&";
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](const auto end) { return at_word(end); });
}
ShellNode ShellParser::list() {
  ShellNode made = node(Kind::list);
  for (;;) {
    while (now_.kind == TokenKind::newline || at_op(";")) advance();
    if (at_list_end()) break;
    made.children.push_back(and_or());
    if (at_op("&")) {
      made.children.back().background = true;
      advance();
    }
  }
  return made;
}

ShellNode ShellParser::and_or() {
  ShellNode made = node(Kind::and_or);
  made.children.push_back(pipeline());
  while (at_op("&&") || at_op("||")) {
    made.joins += now_.op[0];
    advance();
    skip_newlines();
    made.children.push_back(pipeline());
  }
  if (made.children.size() > 1) return made;
  return ShellNode(std::move(made.children.front()));
}

ShellNode ShellParser::pipeline() {
  while (at_word("!") || at_word("time")) advance();
  ShellNode made = node(Kind::pipeline);
  made.children.push_back(command());
  while (at_op("|") || at_op("|&")) {
    if (at_op("|&"))
      made.children.back().redirections.push_back({">&", 2, {.text = "1"}});
    advance();
    skip_newlines();
    made.children.push_back(command());
  }
  if (made.children.size() > 1) return made;
  return ShellNode(std::move(made.children.front()));
}

ShellNode ShellParser::command() {
  if (++depth_ > kDeepest) throw ShellNotFollowed();
  ShellNode made = compound();
  while (now_.kind == TokenKind::redirection) redirection(made);
  --depth_;
  return made;
}

ShellNode ShellParser::simple() {
  ShellNode made = node(Kind::simple);
  for (;;) {
    if (now_.kind == TokenKind::redirection) {
      redirection(made);
    } else if (now_.kind == TokenKind::word) {
      const bool assignment = made.words.empty() && is_assignment(now_.word);
      take_word(made, assignment ? made.assignments : made.words);
    } else if (at_op("(") && made.words.size() == 1 && made.assignments.empty()) {
      advance();
      expect_op(")");
      return function(std::move(made));
    } else {
      break;
    }
  }
  if (made.words.empty() && made.assignments.empty() && made.redirections.empty())
    throw ShellNotFollowed();
  return made;
}

void ShellParser::redirection(ShellNode& owner) {
  ShellRedirection made{now_.op, now_.fd, {}};
  advance();
  if (now_.kind != TokenKind::word) throw ShellNotFollowed();
  std::vector<ShellWord> target;
  take_word(owner, target);
  made.target = std::move(target.front());
  owner.redirections.push_back(std::move(made));
}

void ShellParser::take_word(ShellNode& owner, std::vector<ShellWord>& words) {
  for (const auto& inside : now_.word.substitutions)
    if (depth_ < kDeepest)
      owner.substitutions.push_back(
          ShellParser(inside.text, inside.line, depth_ + 10).script());
  words.push_back(std::move(now_.word));
  advance();
}

std::optional<ShellNode> parse_shell(std::string_view text) {
  try {
    return ShellParser(text, 1, 0).script();
  } catch (const ShellNotFollowed&) {
    return {};
  }
}

}  // namespace hookjournal
