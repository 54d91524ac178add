#pragma once

#include <string>

#include "cli/output.h"
#include "journal/explain/explanation.h"

namespace hookjournal {

struct CrossCheck;

// One page for a tired person. `journal_words`: what other commands need to find the same
// journal. `check`: of --replay, or null.
void write_explanation(Output& output, JournalReader& journal,
                       const Explanation& explanation, const std::string& journal_words,
                       const CrossCheck* check);

// The commands that lead on, each a line: shown, and in the JSON.
std::vector<std::string> commands_to_go_on(const Explanation& explanation,
                                           const std::string& journal_words);

}  // namespace hookjournal
