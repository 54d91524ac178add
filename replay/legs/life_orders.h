#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "replay/chosen_calls.h"
#include "replay/legs/replay_work.h"

namespace hookjournal {

// Where orders come from: reads calls and scripts out of the journal as they are needed.
class OrderSource {
 public:
  // Hears why a chosen call cannot be replayed after all.
  using LeaveOut = std::function<void(const std::string& reason)>;

  // All but `leave_out` outlive the source.
  OrderSource(JournalReader& journal, const ReplayPlan& plan, const ChosenCalls& chosen,
              LeaveOut leave_out)
      : journal_(journal),
        plan_(plan),
        chosen_(chosen),
        leave_out_(std::move(leave_out)) {}

  const ChosenLife& life(std::size_t index) const { return chosen_.lives[index]; }
  // Nothing when it cannot be loaded.
  std::optional<LoadedCall> load(const ChosenLife& life, std::int64_t call);
  std::shared_ptr<const LifeSetup> setup(const ChosenLife& life, const LoadedCall& first);
  std::vector<std::string> notes(const ChosenLife& life, const LoadedCall& call) const;

 private:
  std::shared_ptr<const ScriptsTree> tree(std::size_t index);
  NamedLinks links_of(const ChosenLife& life);

  JournalReader& journal_;
  const ReplayPlan& plan_;
  const ChosenCalls& chosen_;
  LeaveOut leave_out_;
  // The last few: lifecycles near each other mostly share one.
  std::deque<std::pair<std::size_t, std::shared_ptr<const ScriptsTree>>> trees_;
};

// The orders for one lifecycle, each made when it is asked for.
class LifeOrders {
 public:
  // The source outlives it.
  LifeOrders(OrderSource& source, std::size_t life) : source_(source), life_(life) {}

  std::size_t life() const { return life_; }
  // Nothing after the last one. There may be none at all.
  std::optional<ReplayOrder> next();
  bool at_end() const { return next_ == source_.life(life_).calls.size(); }

 private:
  OrderSource& source_;
  std::size_t life_;
  std::size_t next_ = 0;  // of its calls
  bool begun_ = false;
};

}  // namespace hookjournal
