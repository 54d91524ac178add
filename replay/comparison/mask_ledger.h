#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "replay/comparison/difference.h"

namespace hookjournal {

// Which rules hid something, and how often.
class MaskLedger {
 public:
  void count(const std::string& rule, std::uint64_t times = 1) {
    if (times > 0) times_[rule] += times;
  }
  // Adds them to what is there, one entry for each rule.
  void add_to(std::vector<MaskUse>& uses) const {
    for (const auto& [rule, times] : times_) add_one(uses, rule, times);
  }

 private:
  static void add_one(std::vector<MaskUse>& uses, const std::string& rule,
                      std::uint64_t times) {
    for (MaskUse& use : uses)
      if (use.rule == rule) {
        use.times += times;
        return;
      }
    uses.push_back({rule, times});
  }
  std::map<std::string, std::uint64_t> times_;
};

}  // namespace hookjournal
