#pragma once

#include <string>
#include <vector>

#include "replay/comparison/findings.h"

namespace hookjournal {

// By path; then kind, mode, owner and content, each for itself. `field`: files, or leak.
void compare_files(Field field, const std::string& script,
                   const Legs<const std::vector<FileChange>*>& files, Findings& findings);

}  // namespace hookjournal
