#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/replay/report_context.h"
#include "replay/replay.h"

namespace hookjournal {

// A replay as JUnit XML, which CI servers show: a test case for each call and for each
// leak. A change that nobody has accepted is a failure, an inconclusive call an error (or
// skipped, where the rule allows it); drift is a failure where the rule says so, else a
// remark. Well-formed whatever bytes scripts printed.
class JUnitReport {
 public:
  using Write = std::function<void(std::string_view)>;

  // `context` outlives the report. Throws Error when there is no room for it.
  explicit JUnitReport(const ReportContext& context);

  void add(const ReplayedCall& call);
  void add(const ReplayedLeak& leak);
  void finish(const ReplaySummary& summary, const Write& write);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  // Of one call: what it comes to, if anything, and what else there is to say.
  struct Told {
    std::string result, remarks;
  };
  void tell(Told& told, bool fails, std::string_view type, const std::string& message,
            const std::string& text);
  void tell_change(Told& told, const ReplayedCall& replayed);
  void tell_doubt(Told& told, const ReplayedCall& replayed);
  void test_case(const std::string& group, const std::string& name,
                 const std::string& result);
  void check();

  const ReportContext& context_;
  // The counts stand before the cases, of which there may be a million.
  std::unique_ptr<std::FILE, Close> cases_;
  std::int64_t tests_ = 0, failures_ = 0, errors_ = 0, skipped_ = 0;
};

}  // namespace hookjournal
