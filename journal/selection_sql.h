#pragma once

#include <cstdint>
#include <vector>

#include "journal/call_loader.h"
#include "journal/database.h"
#include "journal/selection.h"

namespace hookjournal {

// The ids of the selected calls, oldest first. What SQL cannot decide (host, consequence,
// texts, XPaths) is looked up; with `loader` where it takes a whole call.
std::vector<std::int64_t> selected_calls(Database& db, const Selection& selection,
                                         CallLoader& loader);

// How many there are, without a list of them where SQL can tell.
std::int64_t count_selected(Database& db, const Selection& selection, CallLoader& loader);

}  // namespace hookjournal
