#pragma once

#include <filesystem>
#include <vector>

#include "cli/install/planned_change.h"

namespace hookjournal {

// Prints what was done (or, of a dry run, would be) to stdout, a line for each script,
// and trouble to stderr. The exit status: 0, or 3 with trouble.
int report_changes(const std::filesystem::path& hooks_dir,
                   const std::vector<PlannedChange>& changes, bool dry_run);

}  // namespace hookjournal
