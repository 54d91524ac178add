#include "replay/replay.h"

#include <chrono>
#include <exception>
#include <utility>

#include "engine/error.h"
#include "journal/acceptance.h"
#include "replay/chosen_calls.h"
#include "replay/legs/job_threads.h"
#include "replay/legs/life_orders.h"
#include "replay/legs/replay_tally.h"
#include "replay/legs/result_order.h"

namespace hookjournal {

namespace {

// One order is carried out, the next waits for it.
constexpr std::size_t kOrdersAhead = 2;
// What is done before its turn to be told waits: of so many lifecycles for each job, and
// of each so many calls. So memory does not grow with the selection.
constexpr std::size_t kLivesAhead = 16;
constexpr std::size_t kCallsAhead = 64;
// A sandbox that fails so often in a row will not work at all.
constexpr int kFailuresInARow = 3;

// The thread that reads the journal, hands out orders and tells results.
class Replay {
 public:
  Replay(JournalReader& journal, const ReplayPlan& plan, const ChosenCalls& chosen,
         const std::vector<SandboxMaker*>& makers, const ReplayListener& listener)
      : listener_(listener),
        tally_(plan, chosen, accepted_differences(journal)),
        source_(journal, plan, chosen,
                [this](const std::string& reason) { leave_out(reason); }),
        lives_(chosen.lives.size()),
        progress_{.of = chosen.calls},
        desks_(makers.size()),
        jobs_(plan, makers) {}

  ReplaySummary run() && {
    tell_progress();
    while (results_.turn() < lives_) {
      hand_out();
      if (outstanding_ > 0)
        for (ReplayResult& result : jobs_.take()) take(std::move(result));
      while (auto result = results_.next()) tell(*result);
    }
    if (failure_ && !any_sandbox_held_) std::rethrow_exception(failure_);
    return std::move(tally_).finish();
  }

 private:
  // What a job is at.
  struct Desk {
    std::optional<LifeOrders> orders;  // of its lifecycle, until all are given
    std::size_t outstanding = 0;
  };

  // There is always something outstanding after this, or results can be told: the
  // lifecycle whose turn it is waits for nothing.
  void hand_out() {
    for (std::size_t job = 0; job < desks_.size(); ++job) {
      Desk& desk = desks_[job];
      while (desk.outstanding < kOrdersAhead && has_work(desk)) {
        auto order = desk.orders->next();
        if (!order) results_.skip(desk.orders->life());
        if (!order || order->last) desk.orders.reset();
        if (!order) continue;
        jobs_.give(job, std::move(*order));
        ++desk.outstanding;
        ++outstanding_;
      }
    }
  }

  bool has_work(Desk& desk) {
    if (!desk.orders) {
      // A lifecycle goes to a job that has nothing to do: none waits behind another.
      const bool may_begin = desk.outstanding == 0 && next_life_ < lives_ &&
                             next_life_ - results_.turn() < kLivesAhead * desks_.size();
      if (!may_begin) return false;
      desk.orders.emplace(source_, next_life_++);
    }
    const std::size_t life = desk.orders->life();
    return life == results_.turn() || results_.waiting_of(life) < kCallsAhead;
  }

  void take(ReplayResult result) {
    if (result.failure) std::rethrow_exception(result.failure);
    --desks_[result.job].outstanding;
    --outstanding_;
    results_.add(std::move(result));
  }

  void tell(ReplayResult& result) {
    tally_.add(result);
    if (result.call) {
      if (listener_.call) listener_.call(*result.call);
      ++progress_.calls;
      tell_progress();
      any_told_ = true;
      if (result.call->verdict.verdict != Verdict::inconclusive) any_sandbox_held_ = true;
    }
    if (result.leak && listener_.leak) listener_.leak(*result.leak);
    if (!result.last) return;
    if (std::exchange(any_told_, false)) tally_.add_lifecycle();
    // By the order of telling, so that it does not depend on the jobs either.
    if (result.sandbox_failure) {
      failure_ = result.sandbox_failure;
      if (++failures_in_a_row_ == kFailuresInARow) std::rethrow_exception(failure_);
    } else {
      failures_in_a_row_ = 0;
      any_sandbox_held_ = true;
    }
  }

  void leave_out(const std::string& reason) {
    tally_.leave_out(reason);
    --progress_.of;
  }

  void tell_progress() const {
    if (listener_.progress) listener_.progress(progress_);
  }

  const ReplayListener& listener_;
  ReplayTally tally_;
  OrderSource source_;
  std::size_t lives_, next_life_ = 0;
  ReplayProgress progress_;
  ResultOrder results_;
  std::vector<Desk> desks_;
  std::size_t outstanding_ = 0;
  bool any_told_ = false;  // of the lifecycle whose turn it is
  int failures_in_a_row_ = 0;
  std::exception_ptr failure_;     // the last of a sandbox
  bool any_sandbox_held_ = false;  // to the end, or until a call could be judged
  JobThreads jobs_;  // last: its threads end before what they were given goes
};

}  // namespace

std::vector<const ScriptsTree*> ReplayPlan::elsewhere() const {
  std::vector<const ScriptsTree*> trees;
  if (installed) trees.push_back(&*installed);
  trees.push_back(&candidate);
  return trees;
}

ReplaySummary replay(JournalReader& journal, const ReplayPlan& plan,
                     const std::vector<SandboxMaker*>& makers,
                     const ReplayListener& listener) {
  if (makers.empty()) throw Error("cannot replay: there is no sandbox to do it in");
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const ChosenCalls chosen = choose_calls(journal, plan);
  ReplaySummary summary = Replay(journal, plan, chosen, makers, listener).run();
  summary.elapsed_ns = std::chrono::nanoseconds(Clock::now() - begin).count();
  return summary;
}

}  // namespace hookjournal
