#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/doctor/host_facts.h"
#include "cli/doctor/rules.h"
#include "cli/install/hooks_status.h"
#include "cli/install/journal_disk.h"
#include "cli/install/journal_status.h"

namespace hookjournal {

// What `status` knows, and whether the journal may grow.
struct RecorderHealth {
  HooksStatus hooks;
  JournalStatus journal;
  JournalDisk disk;
  bool half_done = false;
  bool journal_is_roots = false;  // and who asks is not root
};

// Silent where nothing is installed: not to record is no fault of a hooks directory.
void check_recorder(const RecorderHealth& health, const HostFacts& host,
                    std::vector<Finding>& findings);

}  // namespace hookjournal
