#pragma once

#include "cli/journal_option.h"
#include "journal/journal.h"
#include "journal/selection.h"

// In the journal that `install` made for this host, what `run` and `simulate` added did
// not happen to it: commands that tell what did leave it out, unless --origin or --call
// asks for it. In any other journal nothing is left out. This is the one place that
// decides.
namespace hookjournal {

// `asked` as it is, or without those calls.
Selection host_calls(const Selection& asked, const JournalOption& option);

// How many calls of `asked` that leaves out.
std::int64_t count_left_out(JournalReader& journal, const Selection& asked,
                            const JournalOption& option);

// Says so on stderr, if any: what else would look like a whole answer. `since_ns`: where
// what was shown begins; 0: all was looked through.
void tell_of_left_out(JournalReader& journal, const Selection& asked,
                      const JournalOption& option, std::int64_t since_ns = 0);

}  // namespace hookjournal
