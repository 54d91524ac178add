#include "replay/chosen_calls.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/error.h"
#include "engine/lifecycle.h"
#include "journal/asking/timeline.h"
#include "journal/database.h"
#include "replay/legs/loaded_call.h"

namespace hookjournal {

namespace {

using Begin = ChosenLife::Begin;

constexpr std::string_view kDaemon = "daemon";

bool begins_lifecycle(const CallRecord& call, const LifeStep& step) {
  constexpr std::array<std::string_view, 5> kFirst = {"prepare", "restore", "migrate",
                                                      "attach", "start"};
  return step.first && !step.irregularity &&
         std::ranges::find(kFirst, call.operation) != kFirst.end();
}

// All daemons of a host are called "-": one process is one life.
std::string whose_life(const CallRecord& call) {
  if (call.driver != kDaemon) return call.object;
  const ProcessId& process = call.context.caller.process;
  return std::to_string(process.pid) + " " + std::to_string(process.start_ticks);
}

// From start to shutdown, with reloads between.
LifeStep step_of_daemon(const std::string& operation) {
  return {.first = operation == "start", .last = operation == "shutdown"};
}

// Why it cannot be run again whatever the scripts; empty when it can.
std::string why_not(const CallRecord& call, const Selection& selection) {
  if (call.outcome == Outcome::running) return "still running";
  const bool asked_for = !selection.origins.empty() || !selection.calls.empty();
  if (call.origin == Origin::simulate && !asked_for)
    return "made by simulate; --origin simulate takes them";
  if (!call.context.hooks_dir.starts_with('/'))
    return "where the scripts stood was not recorded";
  if (call.arguments.size() != 4) return "not called with libvirt's four arguments";
  const RunRecord* first = first_run(call);
  if (first == nullptr) return "none of its script runs was recorded";
  if (first->input && first->input->truncated) return "its input was not kept whole";
  if (!first->input && !first->ending) return "its input was not recorded";
  // Those after it may have read what it printed.
  if (is_filter({.operation = call.operation}) && !call.planned.empty() &&
      first->script != call.planned.front())
    return "its first script, which read libvirt's own input, was not recorded";
  return {};
}

class Chooser {
 public:
  Chooser(JournalReader& journal, const ReplayPlan& plan)
      : journal_(journal), plan_(plan) {
    if (plan.baseline) chosen_.trees.push_back({.missing = plan.baseline->missing});
  }

  void add(const CallRecord& call) {
    const auto key =
        std::tuple(call.host, call.context.uid, call.driver, whose_life(call));
    Thread& thread = threads_.try_emplace(key, call.driver).first->second;
    const LifeStep step =
        call.driver == kDaemon
            ? step_of_daemon(call.operation)
            : thread.reader.read(call.operation, call.extra, ended_of(call));
    if (step.first) {
      thread.life.reset();
      thread.interrupted = false;
    }
    std::string reason = why_not(call, plan_.selection);
    std::size_t tree = 0;
    if (reason.empty() && !plan_.baseline) reason = why_not_of_tree(call, tree);
    if (!reason.empty()) {
      ++chosen_.left_out[reason];
      thread.interrupted = true;
      return;
    }
    ++chosen_.calls;
    join(call, step, thread, tree);
  }

  ChosenCalls take() && { return std::move(chosen_); }

 private:
  struct Thread {
    explicit Thread(const std::string& driver) : reader(driver) {}
    LifecycleReader reader;
    std::optional<std::size_t> life;  // the one that goes on
    std::string hooks_dir;
    bool interrupted = false;  // by a call that cannot be replayed
  };

  void join(const CallRecord& call, const LifeStep& step, Thread& thread,
            std::size_t tree) {
    const bool goes_on = thread.life && !plan_.each_call_alone;
    const bool same_scripts = goes_on && chosen_.lives[*thread.life].tree == tree &&
                              thread.hooks_dir == call.context.hooks_dir;
    if (!same_scripts) {
      ChosenLife life{.tree = tree};
      if (plan_.each_call_alone)
        life.begin = Begin::alone;
      else if (goes_on)
        life.begin = Begin::new_scripts;
      else if (begins_lifecycle(call, step))
        life.begin = Begin::first_hook;
      thread.life = chosen_.lives.size();
      thread.hooks_dir = call.context.hooks_dir;
      chosen_.lives.push_back(std::move(life));
    }
    ChosenLife& life = chosen_.lives[*thread.life];
    life.calls.push_back(call.id);
    life.whole = step.last && life.begin == Begin::first_hook && !thread.interrupted;
  }

  std::string why_not_of_tree(const CallRecord& call, std::size_t& index) {
    if (call.tree.empty()) return "no scripts tree was recorded";
    index = tree_with(call.tree);
    const ChosenTree& tree = chosen_.trees[index];
    if (!tree.kept) return "its scripts tree is no longer in the journal";
    for (const std::string& script : call.planned)
      if (!tree.files.contains(script) && !tree.watchers.contains(script))
        return "of its recorded scripts " + script +
               " was not kept; --baseline gives others in their place";
    return {};
  }

  std::size_t tree_with(const std::string& digest) {
    const auto known = known_trees_.find(digest);
    if (known != known_trees_.end()) return known->second;
    ChosenTree chosen{.digest = digest};
    try {
      ScriptsTree tree = tree_of_journal(journal_, digest, plan_.elsewhere());
      for (const auto& file : tree.files) chosen.files.insert(file.path);
      chosen.watchers.insert(tree.watchers.begin(), tree.watchers.end());
      chosen.missing = std::move(tree.missing);
    } catch (const DatabaseError&) {
      throw;
    } catch (const Error&) {
      chosen.kept = false;
    }
    chosen_.trees.push_back(std::move(chosen));
    return known_trees_[digest] = chosen_.trees.size() - 1;
  }

  JournalReader& journal_;
  const ReplayPlan& plan_;
  ChosenCalls chosen_;
  std::map<std::string, std::size_t> known_trees_;
  // Guests of one name may run under each user's own daemon.
  std::map<std::tuple<std::string, uid_t, std::string, std::string>, Thread> threads_;
};

}  // namespace

ChosenCalls choose_calls(JournalReader& journal, const ReplayPlan& plan) {
  Chooser chooser(journal, plan);
  journal.for_each_call(plan.selection,
                        [&chooser](const CallRecord& call) { chooser.add(call); });
  return std::move(chooser).take();
}

}  // namespace hookjournal
