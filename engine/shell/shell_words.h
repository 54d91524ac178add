#pragma once

#include <string>
#include <string_view>
#include <vector>

// Shell text cut into words and operators, so that nobody mistakes a comment, a quoted
// string or a here-document for a command. Bash's and POSIX sh's spelling; what neither
// would accept may be cut in any way, but never without end.
namespace hookjournal {

struct ShellWord {
  // Quotes removed. Expansions are kept in one spelling: $2, "$2" and ${2:-x} as "${2}".
  // What is neither a plain expansion nor one with a default stays as it was written.
  std::string text;
  int line = 0;
  bool quoted = false;   // some of it
  bool literal = true;   // nothing in it is expanded
  bool of_home = false;  // begins with an unquoted "~" or "~/"
  // Between the braces of each parameter: "2", "HOME", "HOME:-/root".
  std::vector<std::string> expansions;
  // The text of each $(...), `...`, <(...) and >(...), and the line it begins on.
  struct Substitution {
    std::string text;
    int line = 0;
  };
  std::vector<Substitution> substitutions;

  bool is(std::string_view plain) const { return !quoted && literal && text == plain; }
};

struct ShellToken {
  enum class Kind { word, op, redirection, newline, end } kind = Kind::end;
  std::string op;  // "&&"; of a redirection: ">", "2>&" -> ">&" with fd 2
  int fd = -1;     // of a redirection: as written, or -1
  ShellWord word;
  int line = 0;

  bool is_op(std::string_view wanted) const { return kind == Kind::op && op == wanted; }
};

// Unquoted, these end a word.
inline constexpr std::string_view kShellEndsWord = " \t\n;&|<>()";

class ShellLexer {
 public:
  ShellLexer(std::string_view text, int first_line) : text_(text), line_(first_line) {}

  ShellToken next();
  // After "(": whether another one follows at once, as in "((i++))".
  bool at_parenthesis() const { return at() == '('; }
  // After "((" of which one is still to come: up to and including "))".
  std::string take_arithmetic();

 private:
  char at(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  bool done() const { return pos_ >= text_.size(); }
  char take();
  void skip_blanks();
  void skip_here_documents();
  ShellToken operator_token();
  ShellToken redirection(int fd);
  ShellWord word();
  void take_quoted(ShellWord& word);
  void take_double_quoted(ShellWord& word);
  void take_ansi_quoted(ShellWord& word);
  void take_dollar(ShellWord& word);
  void take_braces(ShellWord& word);
  void take_backquoted(ShellWord& word);
  void take_substitution(ShellWord& word, std::string_view opening);
  // Up to the closing bracket that belongs to one already taken.
  std::string take_balanced(char open, char close);

  std::string_view text_;
  std::size_t pos_ = 0;
  int line_;
  int nesting_ = 0;
  struct HereDocument {
    std::string end;
    bool tabs_cut;
  };
  std::vector<HereDocument> here_documents_;  // to begin after this line
  bool end_of_here_document_next_ = false, tabs_cut_next_ = false;
};

}  // namespace hookjournal
