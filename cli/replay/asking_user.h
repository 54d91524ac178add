#pragma once

#include <sys/types.h>

#include <string>

namespace hookjournal {

// Who runs this command, as a name to record: "alice (uid 1000)", "alice (by sudo, uid
// 0)", "uid 1000" without a name.
std::string asking_user();

}  // namespace hookjournal
