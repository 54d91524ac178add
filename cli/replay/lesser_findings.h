#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/replay/report_context.h"
#include "replay/replay.h"

namespace hookjournal {

// What calls other than changed ones have to say, told in a few lines whatever their
// number: why some are inconclusive, where some drifted, what notes they carry.
class LesserFindings {
 public:
  struct Finding {
    std::string words;  // safe to show
    std::int64_t calls = 0;
    std::int64_t example = 0;  // the first call told of
    std::string object;        // of it; raw
    std::string reproduce;     // it, a command for a shell; raw
  };

  void add(const ReplayedCall& call, const ReportContext& context);

  // Most frequent first.
  std::vector<Finding> inconclusive() const { return sorted(inconclusive_); }
  std::vector<Finding> drift() const { return sorted(drift_); }
  std::vector<Finding> notes() const { return sorted(notes_); }

 private:
  using Findings = std::map<std::string, Finding>;
  static void count(Findings& findings, const std::string& words,
                    const ReplayedCall& call, const ReportContext& context);
  static std::vector<Finding> sorted(const Findings& findings);

  Findings inconclusive_, drift_, notes_;
};

}  // namespace hookjournal
