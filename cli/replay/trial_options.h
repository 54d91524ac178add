#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/calling/sandbox_settings.h"
#include "journal/journal.h"

namespace hookjournal {

class CommandLine;

// The options of commands that run one recorded call again and again.
class TrialOptions {
 public:
  // This object must live as long as the parsing.
  explicit TrialOptions(CommandLine& line);

  bool given() const;
  // Throws UsageError.
  void check() const { script_time_limit(timeout_); }
  bool links() const { return links_; }
  // Sandboxes that have what the scripts of these calls need. To be made before there are
  // threads. Throws Error.
  std::unique_ptr<SandboxMaker> maker(JournalReader& journal,
                                      const std::vector<std::int64_t>& calls) const;

 private:
  std::string timeout_ = kUsualTimeLimit, stubs_;
  bool links_ = false;
};

}  // namespace hookjournal
