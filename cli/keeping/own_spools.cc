#include "cli/keeping/own_spools.h"

#include <system_error>

#include "journal/spool.h"

namespace hookjournal {

namespace fs = std::filesystem;

bool hooks_write_to(const fs::path& journal, const Config& config) {
  std::error_code absent;
  return fs::absolute(journal).lexically_normal() ==
             fs::absolute(config.journal).lexically_normal() ||
         fs::equivalent(journal, config.journal, absent);
}

std::vector<fs::path> own_spools(const fs::path& journal, const Config& config) {
  if (!hooks_write_to(journal, config)) return {};
  return {spool_beside(journal), config.spool};
}

}  // namespace hookjournal
