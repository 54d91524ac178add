#pragma once

#include <set>
#include <string>

#include "engine/consequence.h"
#include "journal/journal.h"
#include "replay/comparison/difference.h"

namespace hookjournal {

// All that a replay of one call needs of the journal. Holds the bytes of its streams:
// made when its turn comes, gone when it is over.
struct LoadedCall {
  CallRecord record;
  HookCall call;  // with its input
  RecordedLeg recorded;
  Circumstances circumstances;  // what is around it; not yet how it ends
};

// `watchers`: places where only the recorder ran; no runs of scripts. Throws Error when
// something of it is not in the journal (any more).
LoadedCall load_call(JournalReader& journal, CallRecord record,
                     const std::set<std::string>& watchers);

// The run that libvirt started first; null when it was not recorded.
const RunRecord* first_run(const CallRecord& call);

}  // namespace hookjournal
