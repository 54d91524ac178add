#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "journal/asking/failures.h"
#include "journal/explain/surroundings.h"
#include "journal/journal.h"

namespace hookjournal {

// Something about a call that is known to make hooks fail. It is there: that is recorded.
// Whether it made this call fail is the reader's to judge.
struct Pattern {
  std::string_view name;  // "not-executable", stable
  std::string text;       // one or two sentences; may hold bytes of scripts
};

//   interpreter-missing   the script's interpreter is not there
//   not-executable        the kernel refused to execute it
//   command-missing       a command was not found (126, 127)
//   command-killed        a command of it was, by its exit status
//   time-limit            a command of it came to one, by its exit status
//   killed                by a signal, and who may have sent it
//   out-of-room           it says that memory or disk ran out
//   pipe-held             a child kept a pipe open
//   calls-libvirt         it calls libvirt, which holds the guest's lock
//   output-not-taken      a filter's output that libvirt refuses
//   reconnect-race        others reconnected at the same time
//   first-with-tree       no call before it had these scripts
//   slow                  far slower than before
//   not-recorded          scripts that libvirt was going to run and that are not here
std::vector<Pattern> patterns_of(JournalReader& journal, const CallRecord& call,
                                 const Surroundings& around);

}  // namespace hookjournal
