#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "replay/sandbox/effects.h"

namespace hookjournal {

// What the scripts of a call did in their sandbox, for people: commands, files, network,
// what they tried in vain and what they left running. `told`: text shown already; stderr
// that is in it is left out.
void write_effects(Output& output, const std::vector<ObservedRun>& runs,
                   const std::string& told);

}  // namespace hookjournal
