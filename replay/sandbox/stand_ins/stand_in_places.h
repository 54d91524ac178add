#pragma once

#include <string>
#include <vector>

#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

// The folders every Debian, Fedora or Arch has commands in, before or after those of a
// PATH.
inline constexpr const char* kUsualFolders =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Where the stand-in program is to lie: absolute paths without links in their folders,
// sorted, each once. Every file of these folders that a rule replaces, so that no other
// path leads to the real one; for `missing` commands and for those that every host of
// guests has (a host for tests may not) one place in the first folder of the PATH.
std::vector<std::string> stand_in_places(const StandInRules& rules,
                                         const std::vector<std::string>& missing,
                                         const std::string& path_variable);

}  // namespace hookjournal
