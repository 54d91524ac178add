#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>

#include "replay/legs/replay_work.h"

namespace hookjournal {

enum class Leg : std::size_t { first_baseline, second_baseline, candidate };
constexpr std::size_t kLegs = 3;

// In which order the legs of the n-th lifecycle are gone through. Whoever is first finds
// cold caches, whoever is last warm ones: in six lifecycles each order comes up once.
const std::array<Leg, kLegs>& order_of_legs(std::size_t life);

template <typename Value>
class PerLeg {
 public:
  Value& operator[](Leg leg) { return values_[static_cast<std::size_t>(leg)]; }
  auto begin() { return values_.begin(); }
  auto end() { return values_.end(); }

 private:
  std::array<Value, kLegs> values_;
};

// Replays lifecycles, one after another, each call in three legs before the next call:
// so nothing is kept of a call when it is over. Used by one thread.
class ReplayJob {
 public:
  // All outlive the job.
  ReplayJob(const ReplayPlan& plan, SandboxMaker& maker) : plan_(plan), maker_(maker) {}

  // Never throws: what went wrong is in the result.
  ReplayResult carry_out(const ReplayOrder& order) noexcept;
  // Closes the sandboxes of a lifecycle that is not gone on with.
  void abandon() noexcept { sandboxes_ = {}; }

 private:
  const ScriptsTree& tree_of(Leg leg) const;
  void begin(const ReplayOrder& order);
  void open(Leg leg);
  void give_up(const std::string& doing, const std::exception& error);
  void replay(const ReplayOrder& order, ReplayResult& result);
  bool observe(const LoadedCall& call, PerLeg<ObservedCall>& observed);
  void judge_remains_of_life(const LoadedCall& loaded, ReplayResult& result);

  const ReplayPlan& plan_;
  SandboxMaker& maker_;
  std::shared_ptr<const LifeSetup> setup_;
  std::size_t life_ = 0;
  std::int64_t life_began_ = 0;  // the number of its first call
  PerLeg<std::unique_ptr<Sandbox>> sandboxes_;
  PerLeg<std::optional<PidRange>> pids_;
  std::string failed_;  // why nothing more of this lifecycle can be replayed
  std::exception_ptr failure_;
};

}  // namespace hookjournal
