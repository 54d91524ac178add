#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "replay/replay.h"

namespace hookjournal {

// A tree version of the journal, as far as it decides whether its calls can be replayed.
struct ChosenTree {
  std::string digest;  // empty: ReplayPlan::baseline
  bool kept = true;    // its list of files at least
  std::set<std::string> files, watchers;
  std::vector<std::string> missing;
};

// Calls that are replayed one after another in the same sandbox.
struct ChosenLife {
  std::vector<std::int64_t> calls;  // ids
  std::size_t tree = 0;             // of ChosenCalls::trees
  enum class Begin {
    first_hook,
    alone,        // each call is
    midway,       // what came before is not selected, or cannot be replayed
    new_scripts,  // the scripts were changed in the middle of a lifecycle
  };
  Begin begin = Begin::midway;
  // From its first hook to its last: what is left of it then has been left behind.
  bool whole = false;
};

// Which calls a replay is about. Of each only its number is kept.
struct ChosenCalls {
  std::vector<ChosenLife> lives;  // by their first calls
  std::vector<ChosenTree> trees;
  std::int64_t calls = 0;
  std::map<std::string, std::int64_t> left_out;  // why -> how many
};

// The calls of one guest or network are a lifecycle from its first hook to its last, by
// the rules of journal/asking/timeline.h but of the selected calls alone. Where the tree
// version changes in the middle, another begins: a sandbox has one tree. Throws Error.
ChosenCalls choose_calls(JournalReader& journal, const ReplayPlan& plan);

}  // namespace hookjournal
