#pragma once

#include <string>
#include <vector>

// Runs a program as libvirt runs a hook: input through a pipe, both outputs read to their
// end, then waited for.
struct MeasuredRun {
  double ms = 0;
  int status = 0;        // as waitpid gives it
  double cpu_ms = 0;     // it used
  long max_rss_kib = 0;  // the most memory it had at once; no less than this process had
  std::string out;
};
MeasuredRun run_measured(const std::vector<std::string>& argv, const std::string& input);
