#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "engine/error.h"
#include "engine/small_file.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

namespace {

struct Word {
  std::string text;
  bool quoted = false;
};

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kMeanings =
    "exit N, stdout TEXT, stderr TEXT, most N, reads-input, when-missing";

bool is_meaning(const Word& word) {
  if (word.quoted) return false;
  for (const char* known :
       {"exit", "stdout", "stderr", "most", "reads-input", "when-missing"})
    if (word.text == known) return true;
  return false;
}

// One line of the file.
class Line {
 public:
  Line(std::string_view text, std::string place) : text_(text), place_(std::move(place)) {
    while (auto word = next()) words_.push_back(std::move(*word));
  }

  bool empty() const { return words_.empty(); }

  void add_to(StandInRules& all) {
    const std::string command = words_[0].text;
    if (!words_[0].quoted && command == "real") {
      if (words_.size() != 2) wrong("`real` takes the name of one command");
      return all.real.push_back(command_in(words_[1]));
    }
    StandInRule rule;
    rule.command = command_in(words_[0]);
    rule.source = place_;
    at_ = 1;
    if (at_ < words_.size() && !is_meaning(words_[at_]))
      rule.arguments = words_[at_++].text;
    while (at_ < words_.size()) take_meaning(rule);
    all.rules.push_back(std::move(rule));
  }

 private:
  [[noreturn]] void wrong(const std::string& what) const {
    throw UsageError("cannot take the rule for a stand-in at " + place_ + ": " + what);
  }

  std::optional<Word> next() {
    text_.remove_prefix(std::min(text_.find_first_not_of(kBlanks), text_.size()));
    if (text_.empty() || text_[0] == '#') return {};
    Word word;
    if (text_[0] != '"') {
      word.text = text_.substr(0, text_.find_first_of(kBlanks));
      text_.remove_prefix(word.text.size());
      if (word.text.find('"') != std::string::npos)
        wrong("quotes go around a whole word, as in \"" + unquoted(word.text) + "\"");
      return word;
    }
    word.quoted = true;
    text_.remove_prefix(1);
    while (!text_.empty() && text_[0] != '"') word.text += character();
    if (text_.empty()) wrong("the closing quote is missing");
    text_.remove_prefix(1);
    if (!text_.empty() && kBlanks.find(text_[0]) == std::string_view::npos)
      wrong("a blank is missing after \"" + word.text + "\"");
    return word;
  }

  static std::string unquoted(std::string text) {
    std::erase(text, '"');
    return text;
  }

  char character() {
    const char c = text_[0];
    text_.remove_prefix(1);
    if (c != '\\') return c;
    if (text_.empty()) wrong("the closing quote is missing");
    const char escaped = text_[0];
    text_.remove_prefix(1);
    switch (escaped) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case '"':
      case '\\':
        return escaped;
      default:
        wrong(std::string("\\") + escaped + " means nothing; known: \\n \\t \\\" \\\\");
    }
  }

  std::string command_in(const Word& word) const {
    const std::string& name = word.text;
    if (name.empty()) wrong("the name of the command is empty");
    if (name[0] != '/' && name.find('/') != std::string::npos)
      wrong(name + " is neither a name nor an absolute path");
    if (name.back() == '/') wrong(name + " is a folder");
    return name;
  }

  void take_meaning(StandInRule& rule) {
    const Word word = words_[at_++];
    if (!is_meaning(word))
      wrong("\"" + word.text + "\" is none of " + std::string(kMeanings) +
            " (put arguments with blanks in them in double quotes)");
    if (word.text == "exit")
      rule.exit_status = static_cast<int>(number(word.text, 255));
    else if (word.text == "most")
      rule.most = number(word.text, 1'000'000);
    else if (word.text == "stdout")
      rule.out = value(word.text).text;
    else if (word.text == "stderr")
      rule.err = value(word.text).text;
    else if (word.text == "reads-input")
      rule.reads_input = true;
    else
      rule.when_missing = true;
  }

  const Word& value(const std::string& of) {
    if (at_ == words_.size()) wrong("nothing follows `" + of + "`");
    return words_[at_++];
  }

  unsigned number(const std::string& of, unsigned highest) {
    const std::string& text = value(of).text;
    unsigned read = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, read);
    if (error != std::errc() || stop != end || read > highest)
      wrong("`" + of + " " + text + "`: a number from 0 to " + std::to_string(highest) +
            " is wanted");
    return read;
  }

  std::string_view text_;  // what is left of it
  std::string place_;
  std::vector<Word> words_;
  std::size_t at_ = 0;
};

}  // namespace

StandInRules stand_ins_of_text(std::string_view text, const std::string& name) {
  StandInRules all;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    Line line(text.substr(0, end), name + ":" + std::to_string(number));
    if (!line.empty()) line.add_to(all);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (const auto& command : all.real)
    for (const auto& rule : all.rules)
      if (rule.command == command && !rule.when_missing)
        throw UsageError("cannot take the rule for a stand-in at " + rule.source +
                         ": `real " + command +
                         "` in the same file says that it runs as it is");
  return all;
}

StandInRules stand_ins_of_file(const std::string& file) {
  constexpr std::size_t kLongest = 16 << 20;  // somebody has named a disk image
  const auto text = read_small_file(file, kLongest);
  if (!text)
    throw UsageError(with_errno("cannot read the rules for stand-ins in " + file, errno));
  return stand_ins_of_text(*text, file);
}

}  // namespace hookjournal
