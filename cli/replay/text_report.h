#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"
#include "cli/replay/difference_lines.h"
#include "cli/replay/lesser_findings.h"
#include "cli/replay/report_context.h"
#include "replay/replay.h"

namespace hookjournal {

// A replay for a person: what it came to, each way in which calls change with one example
// and the commands that go on from there, and what was covered.
class TextReport {
 public:
  // Both outlive the report.
  TextReport(Output& output, const ReportContext& context)
      : output_(output), context_(context) {}

  // One finding in full, as --show has it; nothing is left out of its differences.
  void show(const ReplayedCall& call);
  void show(const ReplayedLeak& leak);

  void summary(const ReplaySummary& summary, const LesserFindings& lesser);

 private:
  void headline(const ReplaySummary& summary);
  void verdicts(const ReplaySummary& summary);
  void group(const ChangeGroup& group, std::size_t number);
  void accepted(const ReplaySummary& summary);
  void lesser(std::string_view title, const std::vector<LesserFindings::Finding>& found,
              bool to_reproduce);
  void simulated(const CallVerdict& verdict);
  void differences(const std::vector<Difference>& differences,
                   const DifferenceLimits& limits);
  void field(std::string_view name, const std::string& value);

  Output& output_;
  const ReportContext& context_;
};

}  // namespace hookjournal
