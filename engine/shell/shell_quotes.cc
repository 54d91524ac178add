#include <algorithm>
#include <cctype>

#include "engine/shell/shell_words.h"

// What quotes, dollars and backquotes make of a part of a word.
namespace hookjournal {

namespace {

// Of quotes and brackets in each other; a person's script has a handful.
constexpr int kDeepestNesting = 100;

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The parameter's name at the front of what stands between the braces.
std::string parameter_of(const std::string& inside) {
  if (inside.empty()) return {};
  if (!is_name(inside[0])) return inside.substr(0, 1);
  const auto end =
      std::find_if_not(inside.begin(), inside.end(), [](char c) { return is_name(c); });
  return {inside.begin(), end};
}

// "${2}" for every form that gives the parameter's own value, case aside.
std::string spelled(const std::string& inside) {
  const std::string name = parameter_of(inside);
  const std::string rest = inside.substr(name.size());
  constexpr std::string_view kOwnValue[] = {":-", "-", ":=", "=",  ":?",
                                            "?",  ",", "^",  ",,", "^^"};
  const bool own = rest.empty() ||
                   std::any_of(std::begin(kOwnValue), std::end(kOwnValue),
                               [&](const auto& form) { return rest.starts_with(form); });
  return own ? "${" + name + "}" : "${" + inside + "}";
}

}  // namespace

// One piece of a word.
void ShellLexer::take_quoted(ShellWord& word) {
  switch (at()) {
    case '\\':
      take();
      if (done()) return;
      if (const char c = take(); c != '\n') {
        word.text += c;
        word.quoted = true;
      }
      return;
    case '\'':
      take();
      word.quoted = true;
      while (!done() && at() != '\'') word.text += take();
      if (!done()) take();
      return;
    case '"':
      return take_double_quoted(word);
    case '$':
      return take_dollar(word);
    case '`':
      return take_backquoted(word);
    case '\r':  // left of a line's end by an editor
      take();
      return;
    default:
      word.text += take();
  }
}

void ShellLexer::take_double_quoted(ShellWord& word) {
  take();
  word.quoted = true;
  while (!done() && at() != '"') {
    if (at() == '\\') {
      take();
      if (done()) return;
      if (const char c = take(); c != '\n') word.text += c;
    } else if (at() == '$') {
      take_dollar(word);
    } else if (at() == '`') {
      take_backquoted(word);
    } else {
      word.text += take();
    }
  }
  if (!done()) take();
}

void ShellLexer::take_ansi_quoted(ShellWord& word) {
  word.quoted = true;
  while (!done() && at() != '\'') {
    if (at() == '\\') word.text += take();
    if (!done()) word.text += take();
  }
  if (!done()) take();
}

void ShellLexer::take_dollar(ShellWord& word) {
  take();
  const char c = at();
  if (c == '(' && at(1) == '(') {
    take();
    word.literal = false;
    word.text += "$((" + take_arithmetic() + "))";
  } else if (c == '(') {
    take_substitution(word, "(");
  } else if (c == '{') {
    take_braces(word);
  } else if (c == '\'' && !word.text.ends_with('"')) {
    take();
    take_ansi_quoted(word);
  } else if (is_name(c) || (c != '\0' && std::string_view("#@*?$!-").find(c) !=
                                             std::string_view::npos)) {
    std::string name(1, take());
    if (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_')
      while (is_name(at())) name += take();
    word.literal = false;
    word.text += "${" + name + "}";
    word.expansions.push_back(std::move(name));
  } else {
    word.text += '$';
  }
}

void ShellLexer::take_braces(ShellWord& word) {
  take();
  const std::string inside = take_balanced('{', '}');
  word.literal = false;
  word.text += spelled(inside);
  word.expansions.push_back(inside);
}

void ShellLexer::take_backquoted(ShellWord& word) {
  take();
  ShellWord::Substitution found{{}, line_};
  while (!done() && at() != '`') {
    if (at() == '\\' && (at(1) == '`' || at(1) == '\\' || at(1) == '$')) take();
    if (!done()) found.text += take();
  }
  if (!done()) take();
  word.literal = false;
  word.text += "$(...)";
  word.substitutions.push_back(std::move(found));
}

void ShellLexer::take_substitution(ShellWord& word, std::string_view opening) {
  pos_ += opening.size();
  ShellWord::Substitution found{{}, line_};
  found.text = take_balanced('(', ')');
  word.literal = false;
  word.text += opening == "(" ? "$(...)" : std::string(opening) + "...)";
  word.substitutions.push_back(std::move(found));
}

std::string ShellLexer::take_balanced(char open, char close) {
  const std::size_t begin = pos_;
  if (++nesting_ > kDeepestNesting) pos_ = text_.size();
  int depth = 1;
  ShellWord ignored;
  bool word_start = true;
  while (!done()) {
    const char c = at();
    if (c == open) ++depth;
    if (c == close && --depth == 0) break;
    if (c == '#' && word_start && close == ')') {
      while (!done() && at() != '\n') take();
    } else if (c == '\\' || c == '\'' || c == '"' || c == '`') {
      take_quoted(ignored);
      word_start = false;
    } else {
      word_start = kShellEndsWord.find(take()) != std::string_view::npos;
    }
  }
  std::string inside(text_.substr(begin, pos_ - begin));
  if (!done()) take();
  --nesting_;
  return inside;
}

std::string ShellLexer::take_arithmetic() {
  take();
  std::string inside = take_balanced('(', ')');
  if (at() == ')') take();
  return inside;
}

}  // namespace hookjournal
