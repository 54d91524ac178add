#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/output.h"
#include "replay/sandbox/effects.h"

namespace hookjournal {

// What is worth telling of any number of sandboxed calls together: who answered in the
// place of others, what was missing, stopped or cut off. Takes little memory, however
// many there are.
class EffectsTally {
 public:
  // Of one call.
  void add(const std::vector<ObservedRun>& runs);
  // Nothing when there is nothing. `lacking`: commands that the scripts call and the host
  // does not have, whether or not one was asked for.
  void write(Output& output, const std::vector<std::string>& lacking) const;
  std::int64_t timed_out() const { return timed_out_; }

 private:
  using Counts = std::map<std::string, std::int64_t>;
  void write(Output& output, const char* title, const Counts& counts) const;

  Counts simulated_, not_found_, blocked_, trouble_;
  std::int64_t timed_out_ = 0;
};

}  // namespace hookjournal
