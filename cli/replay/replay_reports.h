#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay/junit_report.h"
#include "cli/replay/lesser_findings.h"
#include "cli/replay/report_context.h"
#include "cli/replay/report_file.h"
#include "replay/replay.h"

namespace hookjournal {

// Which reports are wanted.
struct ReportChoice {
  bool json = false;
  bool show = false;            // every finding in full, before the summary
  std::string junit, markdown;  // files; "-": standard output; empty: none

  // Whether standard output is for something else than text.
  bool without_text() const { return json || junit == "-" || markdown == "-"; }
};

// All reports of one replay. The text and JSON go to standard output as results come, the
// files are written at the end; how far it has come is told on a terminal's stderr.
class ReplayReports {
 public:
  // `output` and `context` outlive them. Throws Error when a file cannot be written.
  ReplayReports(Output& output, const ReportContext& context, const ReportChoice& choice);

  ReplayListener listener();
  void finish(const ReplaySummary& summary, int exit_status);

 private:
  void call(const ReplayedCall& call);
  void leak(const ReplayedLeak& leak);
  void progress(const ReplayProgress& progress);

  Output& output_;
  const ReportContext& context_;
  ReportChoice choice_;
  LesserFindings lesser_;
  std::optional<ReportFile> junit_file_, markdown_file_;
  std::unique_ptr<JUnitReport> junit_;
  std::optional<Progress> progress_;
};

}  // namespace hookjournal
