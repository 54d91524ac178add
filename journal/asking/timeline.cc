#include "journal/asking/timeline.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace hookjournal {

namespace {

Ended ended(Outcome outcome) {
  if (outcome == Outcome::ok) return Ended::well;
  return outcome == Outcome::failed ? Ended::failed : Ended::unknown;
}

void remark(Lifecycle& life, Remark what) {
  if (std::ranges::find(life.remarks, what) == life.remarks.end())
    life.remarks.push_back(what);
}

// One object's calls as they come.
class Thread {
 public:
  explicit Thread(const CallRecord& call) : reader_(call.driver) { begin(call); }

  // The lifecycle that this call ends, or that ended without one before it.
  std::vector<Lifecycle> add(const CallRecord& call) {
    std::vector<Lifecycle> whole;
    const LifeState before = reader_.state();
    const LifeStep step = reader_.read(call.operation, call.extra, ended_of(call));
    if (step.first && !life_.calls.empty()) {
      whole.push_back(std::move(life_));
      begin(call);
    }
    if (life_.calls.empty() && before == LifeState::unseen &&
        (call.operation == "stopped" || call.operation == "reconnect"))
      remark(life_, Remark::joined_midway);
    note(call, step);
    if (step.last) {
      whole.push_back(std::move(life_));
      begin(call);
    }
    return whole;
  }

  void daemon_started() {
    if (reader_.state() == LifeState::running && !life_.calls.empty())
      remark(life_, Remark::daemon_restart);
  }

  // What is left when the record ends.
  std::optional<Lifecycle> rest() {
    if (life_.calls.empty()) return {};
    if (life_.calls.back().outcome == Outcome::running) {
      remark(life_, Remark::call_runs_now);
    } else {
      life_.end = reader_.at_end();
      life_.expected_at_end = reader_.expected();
      if (reader_.state() == LifeState::running) remark(life_, Remark::runs_now);
    }
    return std::move(life_);
  }

 private:
  void begin(const CallRecord& call) {
    life_ = {};
    life_.host = call.host;
    life_.driver = call.driver;
    life_.object = call.object;
  }

  void note(const CallRecord& call, const LifeStep& step) {
    if (life_.object_uuid.empty()) life_.object_uuid = call.object_uuid;
    life_.calls.push_back({call.id, call.at_ns, call.elapsed_ns, call.operation,
                           call.suboperation, call.extra, call.outcome, call.consequence,
                           call.origin, step.irregularity, step.expected});
    switch (call.consequence) {
      case Consequence::guest_killed:
        return remark(life_, Remark::killed);
      case Consequence::guest_forgotten:
        return remark(life_, Remark::forgotten);
      case Consequence::start_refused:
      case Consequence::start_undone:
      case Consequence::migration_refused:
      case Consequence::restore_refused:
      case Consequence::network_start_refused:
        return remark(life_, Remark::start_failed);
      default:
        return;
    }
  }

  LifecycleReader reader_;
  Lifecycle life_;
};

// Where a lifecycle is read: all calls there, or those left out would seem missing.
Selection surroundings(const Selection& selection) {
  Selection calls;
  calls.drivers = selection.drivers;
  calls.objects = selection.objects;
  calls.hosts = selection.hosts;
  calls.origins = selection.origins;  // what was simulated is no part of what happened
  return calls;
}

// The calls by which lifecycles are chosen, and whose they are.
struct Chosen {
  std::vector<std::int64_t> ids;  // ascending
  std::vector<std::string> objects;
};

// Nothing when all are wanted.
std::optional<Chosen> chosen_calls(JournalReader& journal, const Selection& selection) {
  const bool all = selection.uuids.empty() && selection.operations.empty() &&
                   selection.scripts.empty() && selection.outcomes.empty() &&
                   selection.consequences.empty() && selection.calls.empty() &&
                   selection.texts.empty() && selection.xpaths.empty() &&
                   !selection.slower_than_ns && !selection.last && !selection.since_ns &&
                   !selection.until_ns;
  if (all) return {};
  Chosen chosen;
  std::set<std::string> objects;
  journal.for_each_call(selection, [&](const CallRecord& call) {
    chosen.ids.push_back(call.id);
    objects.insert(call.object);
  });
  std::ranges::sort(chosen.ids);
  chosen.objects.assign(objects.begin(), objects.end());
  return chosen;
}

}  // namespace

// A call that succeeded, and whose output libvirt would not take, refused all the same.
Ended ended_of(const CallRecord& call) {
  const bool refused = call.consequence == Consequence::migration_refused ||
                       call.consequence == Consequence::restore_refused;
  return refused ? Ended::failed : ended(call.outcome);
}

bool Lifecycle::regular() const {
  return !end && std::ranges::none_of(calls, [](const TimelineCall& call) {
    return call.irregularity.has_value();
  });
}

void for_each_lifecycle(JournalReader& journal, const Selection& selection,
                        const std::function<void(const Lifecycle&)>& visit) {
  const auto chosen = chosen_calls(journal, selection);
  const auto tell = [&](const Lifecycle& life) {
    if (!chosen || std::ranges::any_of(life.calls, [&chosen](const TimelineCall& call) {
          return std::ranges::binary_search(chosen->ids, call.id);
        }))
      visit(life);
  };
  // Everybody's daemon starts are wanted besides the selected objects.
  Selection calls = surroundings(selection);
  if (chosen && chosen->ids.empty()) return;
  // Many more are read faster with all others than by name.
  constexpr std::size_t kFew = 100;
  if (chosen && chosen->objects.size() <= kFew) calls.objects = chosen->objects;
  const bool named = !calls.objects.empty();
  if (named) calls.objects.push_back("-");
  std::map<std::tuple<std::string, std::string, std::string>, Thread> threads;
  journal.for_each_call(calls, [&](const CallRecord& call) {
    if (call.driver == "daemon") {
      if (call.operation == "start")
        for (auto& [key, thread] : threads)
          if (std::get<0>(key) == call.host) thread.daemon_started();
      return;
    }
    const auto key = std::tuple(call.host, call.driver, call.object);
    Thread& thread = threads.try_emplace(key, call).first->second;
    for (const Lifecycle& life : thread.add(call)) tell(life);
  });
  std::vector<Lifecycle> open;
  for (auto& [key, thread] : threads)
    if (auto life = thread.rest()) open.push_back(std::move(*life));
  std::ranges::stable_sort(
      open, {}, [](const Lifecycle& life) { return life.calls.front().at_ns; });
  for (const Lifecycle& life : open) tell(life);
}

}  // namespace hookjournal
