#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "journal/acceptance.h"
#include "replay/chosen_calls.h"
#include "replay/legs/replay_work.h"

namespace hookjournal {

// Adds results up as they are told. Keeps of calls one example a group.
class ReplayTally {
 public:
  ReplayTally(const ReplayPlan& plan, const ChosenCalls& chosen,
              const std::vector<AcceptedDifference>& accepted);

  // Marks the result's differences that somebody has accepted.
  void add(ReplayResult& result);
  void add_lifecycle() { ++summary_.coverage.lifecycles; }
  // A chosen call that could not be replayed after all.
  void leave_out(const std::string& reason) { ++summary_.coverage.left_out[reason]; }

  ReplaySummary finish() &&;

 private:
  struct Group {
    ChangeGroup told;
    std::set<std::string> objects;
  };
  using Masks = std::vector<MaskUse>;

  void cover(const ReplayedCall& call, const ReplayResult& result);
  void count_masks(const Masks& masks);
  Group& group_of(const std::string& fingerprint, const ReplayedCall& call, bool leak);
  bool is_accepted(const std::string& fingerprint) const {
    return accepted_.contains(fingerprint);
  }

  std::map<std::string, AcceptedDifference> accepted_;
  ReplaySummary summary_;
  std::map<std::pair<bool, std::string>, Group> groups_;  // of leaks, by fingerprint
  // By host, driver, object.
  std::set<std::tuple<std::string, std::string, std::string>> objects_;
  // The first 64 bits of digests: as many as there are inputs.
  std::unordered_set<std::uint64_t> inputs_;
};

}  // namespace hookjournal
