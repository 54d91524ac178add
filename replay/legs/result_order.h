#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "replay/legs/replay_work.h"

namespace hookjournal {

// Results as they come back from jobs, given out in the order of the lifecycles, and
// within one in the order of its calls: the same with any number of jobs.
class ResultOrder {
 public:
  void add(ReplayResult result) { returned_[result.life].push_back(std::move(result)); }
  // No result will come of it.
  void skip(std::size_t life) { add({.life = life, .last = true}); }

  // The next one to be told, if it is there.
  std::optional<ReplayResult> next() {
    const auto first = returned_.find(turn_);
    if (first == returned_.end() || first->second.empty()) return {};
    ReplayResult result = std::move(first->second.front());
    first->second.pop_front();
    if (result.last) returned_.erase(turn_++);
    return result;
  }

  // The lifecycle whose results are told as they come.
  std::size_t turn() const { return turn_; }
  std::size_t waiting_of(std::size_t life) const {
    const auto found = returned_.find(life);
    return found == returned_.end() ? 0 : found->second.size();
  }

 private:
  std::size_t turn_ = 0;
  std::map<std::size_t, std::deque<ReplayResult>> returned_;
};

}  // namespace hookjournal
