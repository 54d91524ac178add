#pragma once

#include "replay/replay.h"

namespace hookjournal {

// What a replay's exit status is to tell. `drift`: that or a change; `consequence`: only
// changes after which libvirt would do something else.
enum class FailOn { changed, drift, consequence };
std::string_view to_string(FailOn what);

struct PassRule {
  FailOn fail_on = FailOn::changed;
  // A call that could not be judged is not known to be well: it fails too, unless this is
  // set. Where no call at all could be judged this does not help.
  bool inconclusive_allowed = false;
};

// 0 all well, 1 not. What somebody has accepted is well.
int exit_status_of(const ReplaySummary& summary, const PassRule& rule);

// How many calls got this verdict.
std::int64_t calls_with(const ReplaySummary& summary, Verdict verdict);

// Whether libvirt would do something else in this group's calls.
bool consequence_differs(const ChangeGroup& group);

}  // namespace hookjournal
