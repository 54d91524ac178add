#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "replay/comparison/difference.h"

namespace hookjournal {

// Which rules hid something, how often, and what first.
class MaskLedger {
 public:
  void count(const std::string& rule, std::uint64_t times = 1,
             std::string_view what = {}) {
    if (times == 0) return;
    Use& use = uses_[rule];
    if (use.times == 0) use.example = what.substr(0, kShown);
    use.times += times;
  }
  // Adds them to what is there, one entry for each rule.
  void add_to(std::vector<MaskUse>& uses) const {
    for (const auto& [rule, use] : uses_) add_one(uses, rule, use);
  }

 private:
  static constexpr std::size_t kShown = 120;
  struct Use {
    std::uint64_t times = 0;
    std::string example;
  };

  static void add_one(std::vector<MaskUse>& uses, const std::string& rule,
                      const Use& added) {
    for (MaskUse& use : uses)
      if (use.rule == rule) {
        use.times += added.times;
        return;
      }
    uses.push_back({rule, added.times, added.example});
  }
  std::map<std::string, Use> uses_;
};

}  // namespace hookjournal
