#pragma once

#include <string>
#include <vector>

// Runs a program as libvirt runs a hook: input through a pipe, both outputs read to their
// end, then waited for.
struct MeasuredRun {
  double ms = 0;
  int status = 0;  // as waitpid gives it
  std::string out;
};
MeasuredRun run_measured(const std::vector<std::string>& argv, const std::string& input);
