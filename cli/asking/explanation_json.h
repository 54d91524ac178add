#pragma once

#include <string>

#include "journal/explain/explanation.h"

namespace hookjournal {

struct CrossCheck;

// As one line: keys may be added, none is ever changed.
//   call          the call as `show --json` has it
//   group         of `failures`, or null
//   cause         {"script","ending","lines"}: what failed last, or null
//   compared_with {"relation":"own-success","call":4700}: or null
//   verdict       "separates", "nothing-separates", "nothing-changed" or
//                 "nothing-to-compare"
//   counted       {"failures","successes","more_failures","more_successes"}
//   changes       [{"name","kind","standing","weight","failures":{"with","of"},
//                 "own_successes","successes","presence_only","unrest", and one of
//                 "file", "xml", "value", as `diff --json` has them}], the best first
//   around        {"since","of_object":[call],"meanwhile","failed","daemons","gaps":
//                 [{"at","runs","reason"}],"calls"}; a call there is {"id","at","driver",
//                 "object","operation","extra","outcome","elapsed_ns"}
//   patterns      [{"name","text"}]
//   unknown       [text]: what the journal does not know
//   commands      [text]: that lead on
//   replay        what came of --replay, as trial_json.h has it; null without
std::string explanation_to_json(const Explanation& explanation,
                                const std::string& journal_words,
                                const CrossCheck* check);

}  // namespace hookjournal
