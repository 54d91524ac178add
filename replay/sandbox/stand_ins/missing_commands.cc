#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "engine/first_line.h"
#include "engine/language.h"
#include "engine/program_search.h"
#include "engine/shell/shell_walk.h"
#include "replay/sandbox/stand_ins/stand_in_places.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

namespace {

using Kind = ShellNode::Kind;
using Names = std::set<std::string>;

// Builtins of bash, dash and ksh, and words of their grammar that may stand where a
// command does.
constexpr std::string_view kOfTheShell[] = {
    ".",        ":",       "[",       "alias",     "bg",       "bind",     "break",
    "builtin",  "caller",  "cd",      "command",   "compgen",  "complete", "compopt",
    "continue", "coproc",  "declare", "dirs",      "disown",   "echo",     "enable",
    "eval",     "exec",    "exit",    "export",    "false",    "fc",       "fg",
    "function", "getopts", "hash",    "help",      "history",  "jobs",     "kill",
    "let",      "local",   "logout",  "mapfile",   "popd",     "print",    "printf",
    "pushd",    "pwd",     "read",    "readarray", "readonly", "return",   "select",
    "set",      "shift",   "shopt",   "source",    "suspend",  "test",     "time",
    "times",    "trap",    "true",    "type",      "typeset",  "ulimit",   "umask",
    "unalias",  "unset",   "until",   "wait",      "whence"};

bool of_the_shell(const std::string& name) {
  return std::find(std::begin(kOfTheShell), std::end(kOfTheShell), name) !=
         std::end(kOfTheShell);
}

// As people name programs: `eval "a b"` and slips of our parser are none.
bool could_be_a_command(const std::string& name) {
  constexpr std::string_view kAlso = "._+-/";
  const auto fits = [&](unsigned char c) {
    return std::isalnum(c) != 0 || kAlso.find(static_cast<char>(c)) != kAlso.npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), fits)) return false;
  // Beside the script or in a folder it went to: the tree's own.
  if (name[0] != '/' && name.find('/') != std::string::npos) return false;
  return name[0] != '-' && name.back() != '/' && !of_the_shell(name);
}

// What the texts say about names.
class NamesInShell {
 public:
  void add(const ShellNode& tree) {
    any_below(tree, [&](const ShellNode& node) {
      look_at(node);
      return false;
    });
  }

  // After all were added.
  Names called_unprepared() const {
    Names names;
    for (const auto& name : called_)
      if (could_be_a_command(name) && !defined_.contains(name) && !tested(name))
        names.insert(name);
    return names;
  }

 private:
  void look_at(const ShellNode& node) {
    if (node.kind == Kind::function) {
      defined_.insert(node.words[0].text);
      if (tests_an_expansion(node)) checkers_.insert(node.words[0].text);
    }
    // `for tool in jq xmllint; do command -v $tool || exit 1; done`
    if (node.kind == Kind::each && tests_an_expansion(node))
      for (const auto& word : node.words) tested_.insert(word.text);
    for (const auto& word : tested_words(node))
      if (word.literal) tested_.insert(word.text);
    if (node.kind != Kind::simple || node.words.empty()) return;
    const ShellWord& first = node.words[0];
    if (!first.literal) return;
    if (first.text == "alias")
      for (const auto& word : node.words)
        defined_.insert(word.text.substr(0, word.text.find('=')));
    called_.insert(first.text);
    called_.insert(program_of(node).path);
    for (const auto& word : node.words) arguments_[first.text].insert(word.text);
  }

  // `command -v jq`, `which jq`, `[ -x /usr/bin/jq ]`.
  static std::vector<ShellWord> tested_words(const ShellNode& node) {
    const auto& words = node.words;
    if (words.empty() || (node.kind != Kind::simple && node.kind != Kind::test))
      return {};
    const std::string& first = words[0].text;
    std::vector<ShellWord> found;
    if (node.kind == Kind::test || first == "[" || first == "test") {
      for (std::size_t i = 0; i + 1 < words.size(); ++i)
        for (const char* look : {"-x", "-f", "-e"})
          if (words[i].text == look) found.push_back(words[i + 1]);
      return found;
    }
    const bool asks = first == "which" || first == "type" || first == "hash" ||
                      first == "whence" ||
                      (first == "command" && words.size() > 1 &&
                       (words[1].text == "-v" || words[1].text == "-V"));
    if (asks) found.assign(words.begin() + 1, words.end());
    return found;
  }

  static bool tests_an_expansion(const ShellNode& tree) {
    return any_below(tree, [](const ShellNode& node) {
      const auto words = tested_words(node);
      return std::any_of(words.begin(), words.end(),
                         [](const ShellWord& word) { return !word.literal; });
    });
  }

  bool tested(const std::string& name) const {
    if (tested_.contains(name)) return true;
    // `need() { command -v "$1" || exit 1; }; need jq`
    return std::any_of(checkers_.begin(), checkers_.end(), [&](const auto& checker) {
      const auto calls = arguments_.find(checker);
      return calls != arguments_.end() && calls->second.contains(name);
    });
  }

  Names called_, defined_, tested_;
  Names checkers_;                          // functions that test what they are given
  std::map<std::string, Names> arguments_;  // of each command, of all its calls
};

// A library that is sourced has no first line; what has functions is one. A file of
// settings or of rules would be full of commands that are none.
bool is_shell(const std::string& text, const ShellNode& tree) {
  if (text.starts_with("#!")) return language_of(text) == Language::shell;
  return any_below(tree,
                   [](const ShellNode& node) { return node.kind == Kind::function; });
}

}  // namespace

std::vector<std::string> missing_commands(const std::vector<std::string>& script_texts,
                                          const std::string& path_variable,
                                          const std::string& hooks_dir) {
  NamesInShell names;
  for (const auto& given : script_texts) {
    const std::string text = without_recorder(given);
    if (text.find('\0') != std::string::npos) continue;
    const auto tree = parse_shell(text);
    if (tree && is_shell(text, *tree)) names.add(*tree);
  }
  // One that only the PATH does not lead to is a mistake of the script's, and stays one.
  const std::string folders = path_variable + ":" + kUsualFolders;
  std::vector<std::string> missing;
  for (const auto& name : names.called_unprepared())
    if (!name.starts_with(hooks_dir + "/") && !program_in(folders, name))
      missing.push_back(name);
  return missing;
}

}  // namespace hookjournal
