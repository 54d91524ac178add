#pragma once

#include <string>
#include <utility>
#include <vector>

#include "journal/journal.h"

namespace hookjournal {

// "invalid: missing name information"
std::string verdict_words(const OutputJudgement& judgement);

// What `show` tells of a filter's output, as names and values of lines: libvirt's verdict
// on it, what it will drop of it, and what the output changes. None for a call without.
std::vector<std::pair<std::string, std::string>> verdict_lines(JournalReader& journal,
                                                               const CallRecord& call);

}  // namespace hookjournal
