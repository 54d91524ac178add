#pragma once

#include <string>
#include <vector>

#include "replay/comparison/findings.h"

namespace hookjournal {

// By object, its properties by lines. `field`: network, or leak.
void compare_network(Field field, const std::string& script,
                     const Legs<const std::vector<NetworkChange>*>& network,
                     Findings& findings);

}  // namespace hookjournal
