#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/shell/shell_words.h"

namespace hookjournal {

struct ShellRedirection {
  std::string op;  // ">", ">>", ">&", "&>", "<", "<<", ...
  int fd = -1;     // as written, or -1
  ShellWord target;
};

// The structure of shell text, as far as checks ask for it.
struct ShellNode {
  enum class Kind {
    simple,      // words, assignments
    test,        // [[ words ]]
    arithmetic,  // (( words[0] ))
    pipeline,    // children
    and_or,      // children, joined by joins[i]: '&' or '|'
    list,        // children
    group,       // { child }
    subshell,    // ( child )
    branch,      // if: condition, body, condition, body, ..., and an else's body
    loop,        // while, until: condition, body
    each,        // for, select: words; body
    choice,      // case words[0]: patterns[i] choose child i
    function     // words[0]; body
  };
  Kind kind = Kind::list;
  int line = 0;
  std::vector<ShellWord> words;
  std::vector<ShellWord> assignments;  // "NAME=value"
  std::vector<ShellRedirection> redirections;
  std::vector<ShellNode> children;
  std::vector<std::vector<ShellWord>> patterns;
  std::string joins;
  bool background = false;
  // What $(...), `...` and the like among its own words run.
  std::vector<ShellNode> substitutions;
};

// Nothing when the text is no shell script we could follow: then no check speaks of it.
std::optional<ShellNode> parse_shell(std::string_view text);

}  // namespace hookjournal
