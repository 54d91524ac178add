#pragma once

#include <filesystem>
#include <vector>

#include "engine/config.h"

namespace hookjournal {

// Where runs wait that belong into this journal; none unless it is the one that the hooks
// of this configuration write to: a copy beside it must not take what waits for it. The
// writers' first, which know more of a run than who answers: of two copies the first one
// taken in counts.
std::vector<std::filesystem::path> own_spools(const std::filesystem::path& journal,
                                              const Config& config);

// Whether hooks of this configuration write to this journal.
bool hooks_write_to(const std::filesystem::path& journal, const Config& config);

}  // namespace hookjournal
