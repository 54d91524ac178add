#include <utility>

#include "engine/shell/shell_parser.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;
using TokenKind = ShellToken::Kind;

}  // namespace

ShellNode ShellParser::compound() {
  if (at_op("(")) return parentheses();
  if (at_word("if")) return branch();
  if (at_word("while") || at_word("until")) return loop();
  if (at_word("for") || at_word("select")) return each();
  if (at_word("case")) return choice();
  if (at_word("[[")) return test();
  if (at_word("{")) {
    ShellNode made = node(Kind::group);
    advance();
    made.children.push_back(list());
    expect_word("}");
    return made;
  }
  if (at_word("function")) {
    ShellNode named = node(Kind::function);
    advance();
    if (now_.kind != TokenKind::word) throw ShellNotFollowed();
    named.words.push_back(now_.word);
    advance();
    if (at_op("(")) {
      advance();
      expect_op(")");
    }
    return function(std::move(named));
  }
  return simple();
}

ShellNode ShellParser::function(ShellNode named) {
  named.kind = Kind::function;
  skip_newlines();
  named.children.push_back(command());
  return named;
}

ShellNode ShellParser::test() {
  ShellNode made = node(Kind::test);
  advance();
  while (!at_word("]]")) {
    if (now_.kind == TokenKind::end) throw ShellNotFollowed();
    if (now_.kind == TokenKind::word) {
      take_word(made, made.words);
      continue;
    }
    if (now_.kind != TokenKind::newline)
      made.words.push_back({.text = now_.op, .line = now_.line});
    advance();
  }
  advance();
  return made;
}

ShellNode ShellParser::parentheses() {
  ShellNode made = node(Kind::subshell);
  if (lexer_.at_parenthesis()) {
    made.kind = Kind::arithmetic;
    made.words.push_back({.text = lexer_.take_arithmetic(), .line = made.line});
    advance();
    return made;
  }
  advance();
  made.children.push_back(list());
  expect_op(")");
  return made;
}

ShellNode ShellParser::branch() {
  ShellNode made = node(Kind::branch);
  do {
    advance();  // if, elif
    made.children.push_back(list());
    expect_word("then");
    made.children.push_back(list());
  } while (at_word("elif"));
  if (at_word("else")) {
    advance();
    made.children.push_back(list());
  }
  expect_word("fi");
  return made;
}

void ShellParser::body_in_do(ShellNode& parent) {
  while (now_.kind == TokenKind::newline || at_op(";")) advance();
  if (at_word("{")) {  // an old spelling of do and done
    parent.children.push_back(compound());
    return;
  }
  expect_word("do");
  parent.children.push_back(list());
  expect_word("done");
}

ShellNode ShellParser::loop() {
  ShellNode made = node(Kind::loop);
  advance();
  made.children.push_back(list());
  body_in_do(made);
  return made;
}

ShellNode ShellParser::each() {
  ShellNode made = node(Kind::each);
  advance();
  if (at_op("(") && lexer_.at_parenthesis()) {
    lexer_.take_arithmetic();
    advance();
  } else {
    while (now_.kind == TokenKind::word && !at_word("do")) take_word(made, made.words);
  }
  body_in_do(made);
  return made;
}

ShellNode ShellParser::choice() {
  ShellNode made = node(Kind::choice);
  advance();
  if (now_.kind != TokenKind::word) throw ShellNotFollowed();
  take_word(made, made.words);
  skip_newlines();
  expect_word("in");
  skip_newlines();
  while (!at_word("esac")) {
    if (at_op("(")) advance();
    auto& patterns = made.patterns.emplace_back();
    while (now_.kind == TokenKind::word) {
      take_word(made, patterns);
      if (at_op("|")) advance();
    }
    expect_op(")");
    made.children.push_back(list());
    if (at_op(";;") || at_op(";&") || at_op(";;&")) advance();
    skip_newlines();
  }
  advance();
  return made;
}

}  // namespace hookjournal
