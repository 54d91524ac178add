#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "replay/forensics/bisection.h"

namespace hookjournal {

void write_bisection(Output& output, const Bisection& bisection, const CallRecord& call,
                     const CallRecord& success, const std::string& journal_words);

// The commands that lead on, each a line. `journal_words`: what they need to find the
// same journal.
std::vector<std::string> commands_after(const Bisection& bisection,
                                        const CallRecord& call,
                                        const std::string& journal_words);

}  // namespace hookjournal
