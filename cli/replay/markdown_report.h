#pragma once

#include <string>

#include "cli/replay/lesser_findings.h"
#include "cli/replay/report_context.h"
#include "replay/replay.h"

namespace hookjournal {

// A replay as Markdown (GitHub's and GitLab's), short enough for a comment on a merge
// request. What guests and scripts wrote stands only in code, and cannot end it.
std::string markdown_of(const ReplaySummary& summary, const LesserFindings& lesser,
                        const ReportContext& context);

}  // namespace hookjournal
