#include "cli/replay/replay_reports.h"

#include "cli/replay/markdown_report.h"
#include "cli/replay/replay_json.h"
#include "cli/replay/text_report.h"

namespace hookjournal {

ReplayReports::ReplayReports(Output& output, const ReportContext& context,
                             const ReportChoice& choice)
    : output_(output), context_(context), choice_(choice) {
  if (!choice_.junit.empty()) {
    junit_file_.emplace(choice_.junit, output_);
    junit_ = std::make_unique<JUnitReport>(context_);
  }
  if (!choice_.markdown.empty()) markdown_file_.emplace(choice_.markdown, output_);
}

ReplayListener ReplayReports::listener() {
  return {.call = [this](const ReplayedCall& replayed) { call(replayed); },
          .leak = [this](const ReplayedLeak& found) { leak(found); },
          .progress = [this](const ReplayProgress& now) { progress(now); }};
}

void ReplayReports::call(const ReplayedCall& call) {
  lesser_.add(call, context_);
  if (junit_) junit_->add(call);
  if (choice_.json) output_.bytes(replayed_call_to_json(call, context_) + "\n");
  const Verdict verdict = call.verdict.verdict;
  const bool finding = verdict == Verdict::changed || verdict == Verdict::inconclusive ||
                       !call.verdict.drift.empty();
  if (choice_.show && !choice_.without_text() && finding)
    TextReport(output_, context_).show(call);
}

void ReplayReports::leak(const ReplayedLeak& leak) {
  if (junit_) junit_->add(leak);
  if (choice_.json) output_.bytes(leak_to_json(leak, context_) + "\n");
  if (choice_.show && !choice_.without_text()) TextReport(output_, context_).show(leak);
}

void ReplayReports::progress(const ReplayProgress& now) {
  // On a terminal a pager may be in front of it by now.
  if (choice_.show && output_.terminal()) return;
  if (!progress_) progress_.emplace("replayed", now.of);
  progress_->at(now.calls);
}

void ReplayReports::finish(const ReplaySummary& summary, int exit_status) {
  if (progress_) progress_->finish();
  if (choice_.json) output_.bytes(summary_to_json(summary, context_, exit_status) + "\n");
  if (!choice_.without_text()) TextReport(output_, context_).summary(summary, lesser_);
  if (junit_)
    junit_->finish(summary, [this](std::string_view part) { junit_file_->write(part); });
  if (markdown_file_) markdown_file_->write(markdown_of(summary, lesser_, context_));
}

}  // namespace hookjournal
