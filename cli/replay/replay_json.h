#pragma once

#include <string>

#include "cli/replay/report_context.h"
#include "replay/replay.h"

// What `replay --json` prints, one object a line: one for each call in a stable order,
// among them one for each leak, and the summary last. A contract: keys may be added, none
// is ever changed or taken away. A key is always there; what does not apply is null. The
// text is ASCII; bytes that are no UTF-8 become U+FFFD.
//
// Of a call:
//   type          "call"
//   id, call_uuid, host, at, driver, object, object_uuid, operation, suboperation, extra
//                 as `log --json` has them
//   verdict       "inconclusive", "changed", "noise", "drift", "same"
//   reason        why it is inconclusive, in words; else null
//   consequence   {"before", "after"}: what libvirt does because of the call with the old
//                 scripts and with the candidate, as of `log --json`
//   fingerprint   of a changed one, 12 hexadecimal digits, equal for equal changes; else
//                 null
//   accepted      true: somebody has said that this change is intended
//   differences   of a changed one: candidate against the old scripts (below)
//   noise         where the old scripts differ from themselves
//   drift         what was recorded against the old scripts now
//   masks         [{"rule", "times", "example"}]: rules that hid something, how often,
//                 and what first
//   simulated     names of commands that stand-ins answered for
//   notes         what else is to be known: "its input was redacted"
//   reproduce     the command that replays this call alone, for a shell
//
// Of a leak, which is what a whole lifecycle leaves behind with the candidate and not
// with the old scripts, or the other way round:
//   type          "leak"
//   last_call     id of the lifecycle's last call
//   driver, object, fingerprint, accepted, differences, reproduce
//                 as of a call
//
// A difference:
//   field         "answer", "ending", "output", "commands", "files", "network",
//                 "attempts", "leak", "scripts", "stderr", "stdout", "time"
//   script        of which run; null: of the call as a whole
//   place         a path, a network object, an XML path, a command; null: the field
//   before, after text; null: not there
//
// The summary:
//   type          "summary"
//   scripts       the candidate's directory as it was given
//   baseline      likewise; null: the recorded versions
//   exit_status   0, or 1 for what --fail-on asks about; 2 when nothing was replayed
//   fail_on       "changed", "drift", "consequence"
//   verdicts      {"inconclusive", "changed", "noise", "drift", "same"}: numbers of calls
//   drifted       calls whose old scripts no longer do what was recorded, whatever the
//                 verdict
//   groups        equal changes, most harmful first: {"fingerprint", "leak" (true: of
//                 leaks), "calls", "objects" (the first few), "object_count",
//                 "consequence", "fields", "example" (a call's id), "accepted",
//                 "accepted_because", "accepted_by", "accepted_at", "reproduce", "accept"
//                 (a command)}
//   coverage      {"calls", "lifecycles", "objects", "distinct_inputs", "operations"
//                 ({"qemu prepare/begin": calls}), "oldest", "newest" (RFC 3339, null
//                 without calls), "left_out" ({reason: calls}), "incomplete_trees" (in
//                 words), "real", "simulated" ({command: calls}), "blocked" ({attempt:
//                 calls}), "masks" ({rule: times})}
//   sandbox       {"time_ns" (of a call's scripts), "memory", "all_memory", "processes",
//                 "disk" (its limits, in bytes), "read_only" (file systems)}; null: none
//   elapsed_ns    of the whole replay
namespace hookjournal {

std::string replayed_call_to_json(const ReplayedCall& call, const ReportContext& context);
std::string leak_to_json(const ReplayedLeak& leak, const ReportContext& context);
std::string summary_to_json(const ReplaySummary& summary, const ReportContext& context,
                            int exit_status);

}  // namespace hookjournal
