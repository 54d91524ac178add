#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/replay/exit_status.h"
#include "replay/replay.h"
#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// What the scripts had to live with in their sandboxes.
struct SandboxConditions {
  SandboxLimits limits;
  // What the host has mounted, "/srv (nfs4)", and scripts could read but not write.
  std::vector<std::string> read_only;
};
// As they are on this host now.
SandboxConditions sandbox_conditions(const SandboxLimits& limits);

// What the reports of a replay name beside its results.
struct ReportContext {
  std::string scripts, baseline;  // as they were given; no baseline: as recorded
  // What follows `hookjournal replay` and the selection to run calls again in the same
  // way, and what makes another command use the same journal. Quoted for a shell, each
  // word after a blank.
  std::string again, journal;
  PassRule rule;
  std::optional<SandboxConditions> sandbox;  // nothing: there was none
  std::int64_t now_ns = 0;                   // UTC
};

// Commands for a shell, not yet safe to show.
std::string reproduce_command(const ReportContext& context, const ReplayedCall& call);
// Of a leak its lifecycle.
std::string reproduce_command(const ReportContext& context, const ReplayedLeak& leak);
// Of a group that of its example.
std::string reproduce_command(const ReportContext& context, const ChangeGroup& group);
std::string accept_command(const ReportContext& context, const std::string& fingerprint);

}  // namespace hookjournal
