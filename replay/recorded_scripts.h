#pragma once

#include <string>
#include <vector>

#include "journal/journal.h"
#include "replay/scripts_tree.h"

namespace hookjournal {

// What the old scripts look like, and where they looked for commands: to know what a
// sandbox has to provide for them.
struct RecordedScripts {
  std::vector<std::string> texts;  // of all tree versions, each once
  std::string path_variable;       // PATH of the newest call; empty: none
  std::string hooks_dir;
};

// Of the selected calls. Of very many tree versions the newest. `elsewhere` as for
// tree_of_journal().
RecordedScripts recorded_scripts(JournalReader& journal, const Selection& selection,
                                 const std::vector<const ScriptsTree*>& elsewhere = {});

std::vector<std::string> texts_of(const ScriptsTree& tree);

}  // namespace hookjournal
