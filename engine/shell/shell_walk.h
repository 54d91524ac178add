#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/shell/shell_tree.h"

namespace hookjournal {

// Where a stream of a command leads to.
enum class Sink { own_out, own_err, elsewhere };
struct ShellStreams {
  Sink out = Sink::own_out;
  Sink err = Sink::own_err;
};
ShellStreams redirected(ShellStreams streams, const ShellNode& node);

// Around a node of a script.
struct ShellPlace {
  // From the outside in.
  std::vector<const ShellNode*> parents;
  // The function it is defined in, or null.
  const ShellNode* function = nullptr;
  ShellStreams streams;   // of the node, its own redirections included
  bool captured = false;  // in $(...): its output goes into a word
};

// Visits every node from the top, parents before children. `exec >FILE` changes the
// streams of what follows it.
void walk(const ShellNode& tree,
          const std::function<void(const ShellNode&, const ShellPlace&)>& visit);

// The program a simple command runs, without sudo, exec, timeout and the like in front.
struct ShellProgram {
  std::string name;         // without folders; empty when only the shell will know
  std::string path;         // as it is written
  std::size_t at = 0;       // its index among the words
  bool by_another = false;  // run as another user, whose environment is another
};
ShellProgram program_of(const ShellNode& simple);

// All of a node's text, expansions as "${NAME}": for a look for what it mentions.
std::string text_of(const ShellNode& node);

// Whether any node below satisfies it.
bool any_below(const ShellNode& tree, const std::function<bool(const ShellNode&)>& is);

// Whether some simple command below runs `program`.
bool runs(const ShellNode& tree, const std::string& program);

}  // namespace hookjournal
