#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/calling/sandbox_settings.h"
#include "cli/journal_option.h"
#include "cli/replay/exit_status.h"
#include "cli/replay/replay_reports.h"
#include "cli/selection_options.h"
#include "replay/replay.h"

namespace hookjournal {

class CommandLine;

// The options of `replay`, and what they ask for.
class ReplayOptions {
 public:
  // This object must live as long as the parsing.
  explicit ReplayOptions(CommandLine& line);

  // Throws UsageError for what cannot be meant. The scripts are not read yet.
  void check(const Selection& selection) const;

  std::string journal_file() const { return journal_.file(); }
  Selection selection(std::int64_t now_ns) const { return selection_.selection(now_ns); }
  // Reads the scripts. Throws Error.
  ReplayPlan plan(const Selection& selection) const;
  // Reads the stand-ins' rules. Throws Error.
  SandboxSettings sandbox() const;
  ReportContext context(std::int64_t now_ns) const;

  const ReportChoice& reports() const { return reports_; }
  bool without_sandbox() const { return no_sandbox_; }
  bool full_speed() const { return full_speed_; }
  bool no_pager() const { return no_pager_; }
  unsigned jobs() const;
  const std::string& keep() const { return keep_; }
  // What the kept reproduction runs, with $here for its own folder.
  std::string kept_command(std::int64_t call) const;

 private:
  void add_comparison(CommandLine& line);
  void add_sandbox(CommandLine& line);
  void add_reports(CommandLine& line);
  FailOn fail_on() const;
  std::int64_t duration(const char* option, const std::string& text) const;
  enum class Paths { as_given, absolute };
  // What another replay needs to do the same, after its scripts.
  std::string again(Paths paths) const;

  SelectionOptions selection_;
  JournalOption journal_;
  ReportChoice reports_;
  static constexpr const char* kSlowerBy = "100ms";
  std::string scripts_, baseline_, stubs_, keep_, fail_on_ = "changed";
  std::string timeout_ = kUsualTimeLimit, slower_by_ = kSlowerBy;
  std::vector<std::string> ignore_;
  unsigned jobs_ = 0;
  bool alone_ = false, links_ = false, no_sandbox_ = false, for_real_ = false,
       full_speed_ = false, no_pager_ = false, allow_inconclusive_ = false;
};

}  // namespace hookjournal
