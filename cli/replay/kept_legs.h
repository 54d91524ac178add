#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// Makes sandboxes as another maker does, and leaves what was written in each of them in a
// folder when it is closed: "candidate", "baseline-1", "baseline-2". Of the candidate's
// runs it remembers how they were started. For a replay of one call, in one job.
class KeptLegs : public SandboxMaker {
 public:
  // Makes `folder`, for its owner only. Throws UsageError when there is such a folder
  // already. `maker` and `candidate` outlive this; sandboxes with the tree `candidate`
  // are the candidate's.
  KeptLegs(SandboxMaker& maker, const ScriptsTree& candidate,
           std::filesystem::path folder);

  std::unique_ptr<Sandbox> open(const SandboxPlan& plan) override;

  // The candidate's scripts, what they read, and `reproduce.sh`, which runs them again:
  // by `replay_command`, or, told to, for real. Throws Error, also when a sandbox could
  // not be kept.
  void write_reproduction(const std::string& replay_command) const;

 private:
  class Leg;

  void write_scripts(const std::filesystem::path& to) const;
  std::string run_text(std::size_t number) const;

  SandboxMaker& maker_;
  const ScriptsTree& candidate_;
  std::filesystem::path folder_;
  int baselines_ = 0;
  std::vector<SandboxedRun> runs_;  // of the candidate
  std::string trouble_;
};

}  // namespace hookjournal
