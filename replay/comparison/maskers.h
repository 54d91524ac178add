#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/comparison/difference.h"

namespace hookjournal {

class OwnWords;  // own_words.h

// What is left out of a comparison: what is other each time.
struct Maskers {
  // A user's rules, from --ignore:
  //   "stderr REGEX"      lines that match are left out; likewise stdout
  //   "files GLOB"        paths
  //   "commands GLOB"     command lines
  //   "network GLOB"      objects
  std::vector<std::string> ignore;
};

// Throws UsageError for an --ignore that is none.
void check_ignore_rule(const std::string& rule);

// Judges one call. `candidate` may be a slower run by chance: see ReplayPlan::slower_ns.
CallVerdict judge_call(const RecordedLeg& recorded, const ObservedCall& first,
                       const ObservedCall& second, const ObservedCall& candidate,
                       const Maskers& maskers, std::int64_t slower_ns);

// Of all processes of a call's sandbox so far; nothing without one.
std::optional<PidRange> pids_of(const ObservedCall& call);

// What the candidate's lifecycle leaves behind and the old scripts' does not, or the
// other way round. `pids`: of the three in their order.
std::vector<Difference> judge_remains(const Remains& first, const Remains& second,
                                      const Remains& candidate, const Maskers& maskers,
                                      const std::array<std::optional<PidRange>, 3>& pids,
                                      std::vector<MaskUse>& masks);

// Equal for changes of the same kind in calls of different guests: names do not count,
// nor do UUIDs, addresses and numbers that are the call's own; the operation does where
// the consequence has changed. 12 hexadecimal digits.
std::string fingerprint_of(const HookCall& call, const std::string& object_uuid,
                           const OwnWords& own,
                           const std::vector<Difference>& differences, Consequence before,
                           Consequence after);

// Orders groups: the more, the more harmful. A guest killed before a start refused before
// ... before what no longer happens before changes of effects alone.
int harm_of(Consequence before, Consequence after);

}  // namespace hookjournal
