#pragma once

#include <vector>

#include "journal/explain/call_facts.h"
#include "journal/explain/change.h"
#include "journal/explain/comparable_calls.h"

namespace hookjournal {

// Counts for each change how many of the failing and of the succeeding calls have it,
// judges by that how well it separates them, and puts those that do so best first.
//
// A change separates well when all failing calls have it and no succeeding one. Guests
// differ, and what breaks one may do others no harm: so the successes of the guests that
// fail count as much as those of all, and a failure without the change counts most.
// `weight` is the share of failures that have it less the share of successes (the mean of
// the two), times the square of the share of failures; less for what changes from call to
// call anyway: an id that is never twice the same would else separate perfectly.
//
// A change `separates` when no success has it, or when chance would put it into so many
// of the failures less than once in a hundred times.
//
// `same_guest`: the changes are between calls of one guest.
void rank(std::vector<SeenChange>& changes, const ComparableCalls& calls,
          CallFacts& facts, bool same_guest);

}  // namespace hookjournal
