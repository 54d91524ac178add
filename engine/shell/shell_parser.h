#pragma once

#include <string_view>
#include <vector>

#include "engine/shell/shell_tree.h"

namespace hookjournal {

// Left where the text makes no sense to us; caught in parse_shell().
struct ShellNotFollowed {};

// Recursive descent over the words; one method for each thing of the grammar.
class ShellParser {
 public:
  ShellParser(std::string_view text, int line, int depth)
      : lexer_(text, line), depth_(depth) {
    advance();
  }

  ShellNode script() {
    ShellNode all = list();
    if (now_.kind != ShellToken::Kind::end) throw ShellNotFollowed();
    return all;
  }

 private:
  void advance() { now_ = lexer_.next(); }
  bool at_op(std::string_view op) const { return now_.is_op(op); }
  bool at_word(std::string_view word) const {
    return now_.kind == ShellToken::Kind::word && now_.word.is(word);
  }
  void expect_op(std::string_view op) {
    if (!at_op(op)) throw ShellNotFollowed();
    advance();
  }
  void expect_word(std::string_view word) {
    if (!at_word(word)) throw ShellNotFollowed();
    advance();
  }
  void skip_newlines() {
    while (now_.kind == ShellToken::Kind::newline) advance();
  }
  bool at_list_end() const;
  ShellNode node(ShellNode::Kind kind) const {
    ShellNode made;
    made.kind = kind;
    made.line = now_.line;
    return made;
  }

  ShellNode list();
  ShellNode and_or();
  ShellNode pipeline();
  ShellNode command();
  ShellNode compound();
  ShellNode simple();
  ShellNode test();
  ShellNode parentheses();
  ShellNode branch();
  ShellNode loop();
  ShellNode each();
  ShellNode choice();
  ShellNode function(ShellNode named);
  void body_in_do(ShellNode& parent);
  void redirection(ShellNode& owner);
  void take_word(ShellNode& owner, std::vector<ShellWord>& words);

  ShellLexer lexer_;
  ShellToken now_;
  int depth_;
};

}  // namespace hookjournal
