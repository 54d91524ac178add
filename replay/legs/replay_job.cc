#include "replay/legs/replay_job.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "replay/comparison/command_comparison.h"
#include "replay/comparison/own_words.h"
#include "replay/legs/leg.h"

namespace hookjournal {

namespace {

std::string described(const Attempt& attempt) {
  return attempt.kind == Attempt::Kind::connect ? "connect " + attempt.target
                                                : attempt.target;
}

// Each leg's processes have ids of their own, as two runs on a host have: where an id
// shows, the baseline legs differ and it is known as noise; where they agree, it is none.
// All of five digits, so that columns stay as they are, and below the lowest pid_max.
int last_pid_before(Leg leg) {
  constexpr int kFirst = 10'000, kApart = 7000;
  return kFirst + static_cast<int>(leg) * kApart;
}

}  // namespace

const std::array<Leg, kLegs>& order_of_legs(std::size_t life) {
  using enum Leg;
  static constexpr std::array<std::array<Leg, kLegs>, 6> kOrders = {{
      {first_baseline, second_baseline, candidate},
      {candidate, first_baseline, second_baseline},
      {second_baseline, candidate, first_baseline},
      {first_baseline, candidate, second_baseline},
      {candidate, second_baseline, first_baseline},
      {second_baseline, first_baseline, candidate},
  }};
  return kOrders[life % kOrders.size()];
}

ReplayResult ReplayJob::carry_out(const ReplayOrder& order) noexcept {
  ReplayResult result;
  result.life = order.life;
  result.last = order.last;
  try {
    if (order.begin) begin(order);
    if (order.call) replay(order, result);
    if (order.last) {
      if (setup_->whole && order.call && failed_.empty())
        judge_remains_of_life(*order.call, result);
      sandboxes_ = {};
      result.sandbox_failure = failure_;
    }
  } catch (...) {
    result.failure = std::current_exception();
  }
  return result;
}

const ScriptsTree& ReplayJob::tree_of(Leg leg) const {
  return leg == Leg::candidate ? plan_.candidate : *setup_->baseline;
}

void ReplayJob::begin(const ReplayOrder& order) {
  setup_ = order.begin;
  life_ = order.life;
  life_began_ = order.call ? order.call->record.id : 0;
  pids_ = {};
  failed_.clear();
  failure_ = nullptr;
  try {
    for (const Leg leg : order_of_legs(life_)) open(leg);
  } catch (const Error& error) {
    give_up("no sandbox could be opened", error);
  }
}

void ReplayJob::open(Leg leg) {
  sandboxes_[leg] = maker_.open({.hooks_dir = setup_->hooks_dir,
                                 .tree = &tree_of(leg),
                                 .files = setup_->files,
                                 .bridges = setup_->links.bridges,
                                 .taps = setup_->links.taps,
                                 .host_name = setup_->host_name,
                                 .last_pid = last_pid_before(leg)});
}

void ReplayJob::give_up(const std::string& doing, const std::exception& error) {
  failed_ = doing + ": " + error.what();
  failure_ = std::current_exception();
  sandboxes_ = {};
}

void ReplayJob::replay(const ReplayOrder& order, ReplayResult& result) {
  const LoadedCall& loaded = *order.call;
  ReplayedCall& replayed = result.call.emplace();
  replayed.call = loaded.record;
  replayed.notes = order.notes;
  replayed.life_began = life_began_;
  PerLeg<ObservedCall> observed;
  if (!failed_.empty() || !observe(loaded, observed)) {
    replayed.verdict.verdict = Verdict::inconclusive;
    replayed.verdict.reason = failed_;
    return;
  }
  replayed.verdict = judge_call(loaded.recorded, observed[Leg::first_baseline],
                                observed[Leg::second_baseline], observed[Leg::candidate],
                                plan_.maskers, plan_.slower_ns);
  if (replayed.verdict.verdict == Verdict::changed) {
    OwnWords own(loaded.call, loaded.record.object_uuid);
    own.add_old(observed[Leg::first_baseline]);
    replayed.fingerprint = fingerprint_of(
        loaded.call, loaded.record.object_uuid, own, replayed.verdict.differences,
        replayed.verdict.before, replayed.verdict.after);
  }
  for (const Leg leg : order_of_legs(life_)) {
    if (const auto pids = pids_of(observed[leg])) pids_[leg] = pids;
    for (const ObservedRun& run : observed[leg].runs) {
      for (const Command& command : run.effects.commands)
        if (!command.simulated) result.ran.insert(command_name(command));
      for (const Attempt& attempt : run.effects.attempts)
        result.blocked.insert(described(attempt));
    }
  }
}

bool ReplayJob::observe(const LoadedCall& call, PerLeg<ObservedCall>& observed) {
  try {
    for (const Leg leg : order_of_legs(life_))
      observed[leg] = observe_call(*sandboxes_[leg], tree_of(leg), call);
    return true;
  } catch (const Error& error) {
    give_up("the sandbox failed in call " + std::to_string(call.record.id), error);
    return false;
  }
}

void ReplayJob::judge_remains_of_life(const LoadedCall& loaded, ReplayResult& result) {
  const CallRecord& last = loaded.record;
  PerLeg<Remains> remains;
  try {
    for (const Leg leg : order_of_legs(life_)) remains[leg] = sandboxes_[leg]->remains();
  } catch (const Error& error) {
    return give_up("what the lifecycle leaves behind could not be told", error);
  }
  auto differences = judge_remains(
      remains[Leg::first_baseline], remains[Leg::second_baseline],
      remains[Leg::candidate], plan_.maskers,
      {pids_[Leg::first_baseline], pids_[Leg::second_baseline], pids_[Leg::candidate]},
      result.leak_masks);
  if (differences.empty()) return;
  OwnWords own(loaded.call, last.object_uuid);
  own.add_old(remains[Leg::first_baseline]);
  std::string fingerprint =
      fingerprint_of(loaded.call, last.object_uuid, own, differences, Consequence::none,
                     Consequence::none);
  result.leak = {.life_began = life_began_,
                 .last_call = last.id,
                 .driver = last.driver,
                 .object = last.object,
                 .differences = std::move(differences),
                 .fingerprint = std::move(fingerprint)};
  result.leak_example = ReplayedCall{.call = last};
}

}  // namespace hookjournal
