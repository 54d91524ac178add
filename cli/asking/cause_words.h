#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/ending.h"
#include "journal/asking/failures.h"

namespace hookjournal {

// "qemu.d/10-bridge: exit status 3", safe to show.
std::string cause_title(const FailureCause& cause);

// "exit status 3", "signal 9 (Killed)", "could not be executed (Exec format error)"
std::string ending_words(const FailureCause& cause);

// As `show --json` has it: {"exited":3}
nlohmann::ordered_json ending_json(const Ending& ending);

}  // namespace hookjournal
