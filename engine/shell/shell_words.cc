#include "engine/shell/shell_words.h"

#include <cctype>

namespace hookjournal {

char ShellLexer::take() {
  const char c = text_[pos_++];
  if (c == '\n') ++line_;
  return c;
}

void ShellLexer::skip_blanks() {
  for (;;) {
    if (at() == ' ' || at() == '\t' || at() == '\r')
      take();
    else if (at() == '\\' && at(1) == '\n')
      pos_ += 2, ++line_;
    else
      break;
    if (done()) return;
  }
  if (at() == '#')
    while (!done() && at() != '\n') take();
}

void ShellLexer::skip_here_documents() {
  for (const auto& document : here_documents_) {
    while (!done()) {
      std::string text;
      while (!done() && at() != '\n') text += take();
      if (!done()) take();
      if (document.tabs_cut) text.erase(0, text.find_first_not_of('\t'));
      if (text == document.end) break;
    }
  }
  here_documents_.clear();
}

ShellToken ShellLexer::next() {
  skip_blanks();
  ShellToken token;
  token.line = line_;
  if (done()) return token;
  if (at() == '\n') {
    take();
    skip_here_documents();
    token.kind = ShellToken::Kind::newline;
    return token;
  }
  std::size_t digits = 0;
  while (std::isdigit(static_cast<unsigned char>(at(digits))) != 0) ++digits;
  const char after = at(digits);
  if (digits > 0 && digits < 4 && (after == '<' || after == '>')) {
    const int fd = std::stoi(std::string(text_.substr(pos_, digits)));
    pos_ += digits;
    return redirection(fd);
  }
  const bool substitution = (at() == '<' || at() == '>') && at(1) == '(';
  if ((at() == '<' || at() == '>') && !substitution) return redirection(-1);
  if (at() == '&' && at(1) == '>') return redirection(-1);
  if (kShellEndsWord.find(at()) != std::string_view::npos && !substitution)
    return operator_token();
  token.kind = ShellToken::Kind::word;
  token.word = word();
  if (end_of_here_document_next_) {
    end_of_here_document_next_ = false;
    here_documents_.push_back({token.word.text, tabs_cut_next_});
  }
  return token;
}

ShellToken ShellLexer::operator_token() {
  constexpr std::string_view kLonger[] = {";;&", "&&", "||", "|&", ";;", ";&"};
  ShellToken token;
  token.kind = ShellToken::Kind::op;
  token.line = line_;
  for (const auto op : kLonger)
    if (text_.substr(pos_).starts_with(op)) {
      token.op = op;
      pos_ += op.size();
      return token;
    }
  token.op = take();
  return token;
}

ShellToken ShellLexer::redirection(int fd) {
  constexpr std::string_view kLonger[] = {"<<<", "<<-", "&>>", "<<", ">>",
                                          ">|",  "<>",  ">&",  "<&", "&>"};
  ShellToken token;
  token.kind = ShellToken::Kind::redirection;
  token.line = line_;
  token.fd = fd;
  for (const auto op : kLonger)
    if (text_.substr(pos_).starts_with(op)) {
      token.op = op;
      break;
    }
  if (token.op.empty()) token.op = at();
  pos_ += token.op.size();
  end_of_here_document_next_ = token.op == "<<" || token.op == "<<-";
  tabs_cut_next_ = token.op == "<<-";
  return token;
}

ShellWord ShellLexer::word() {
  ShellWord word;
  word.line = line_;
  if (at() == '~') {
    const char after = at(1);
    word.of_home = after == '/' || after == '\0' || std::isspace(after) != 0;
  }
  while (!done()) {
    const char c = at();
    if ((c == '<' || c == '>') && at(1) == '(' && word.text.empty()) {
      take_substitution(word, c == '<' ? "<(" : ">(");
      continue;
    }
    if (c == '(' && word.text.ends_with('=')) {  // an array
      take();
      word.text += "(" + take_balanced('(', ')') + ")";
      continue;
    }
    if (kShellEndsWord.find(c) != std::string_view::npos) break;
    take_quoted(word);
  }
  return word;
}

}  // namespace hookjournal
