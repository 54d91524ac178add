#include "replay/forensics/bisection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/error.h"

namespace hookjournal {

namespace {

using Finding = Bisection::Finding;
using Paths = std::vector<std::string>;

class Bisecting {
 public:
  Bisecting(JournalReader& journal, const CallRecord& call, SandboxMaker& maker,
            const BisectionPlan& plan, Bisection& result)
      : journal_(journal),
        stand_(journal, call, maker, plan.with_links),
        result_(result) {
    if (plan.progress) stand_.on_trial(plan.progress);
  }

  void run() {
    if (ends_differ()) {
      narrow_down();
      find_files();
      result_.verdict = Finding::found;
    }
    result_.trials = stand_.trials();
    result_.notes = stand_.notes();
  }

 private:
  const TrialOutcome& outcome(std::size_t index) {
    Bisection::Version& version = result_.versions[index];
    if (!std::exchange(version.tried, true)) {
      try {
        version.outcome = stand_.run(tree_of_journal(journal_, version.tree.digest));
      } catch (const DatabaseError&) {
        throw;
      } catch (const Error& error) {
        version.outcome.why = error.what();  // it is not kept
      }
    }
    return version.outcome;
  }

  // Both ends first: between ends that are alike nothing can be found.
  bool ends_differ() {
    const std::size_t last = result_.versions.size() - 1;
    const TrialOutcome& own = outcome(last);
    if (own.unclear()) return stop(Finding::inconclusive, own.why);
    if (own.succeeded()) return stop(Finding::not_reproduced, disturbance_of(own));
    if (!own.as_recorded)
      return stop(Finding::inconclusive,
                  "with its own scripts it fails in the sandbox otherwise than "
                  "recorded: " +
                      outcome_words(own));
    const TrialOutcome& good = outcome(0);
    if (good.unclear()) return stop(Finding::inconclusive, good.why);
    if (!good.failed()) return true;
    if (good.as_recorded) return stop(Finding::not_the_scripts, "");
    return stop(Finding::inconclusive,
                "with the scripts of the success it fails in the sandbox in another "
                "way: " +
                    outcome_words(good));
  }

  bool stop(Finding verdict, std::string why) {
    result_.verdict = verdict;
    result_.why = std::move(why);
    return false;
  }

  static std::string disturbance_of(const TrialOutcome& outcome) {
    std::string names;
    for (const auto* list : {&outcome.simulated, &outcome.blocked})
      for (const std::string& name : *list) names += (names.empty() ? "" : ", ") + name;
    return names.empty() ? "" : "other than in production there was: " + names;
  }

  // Only a failure like the recorded one counts as bad: a version may fail for another
  // reason, which is not the one that is looked for.
  bool bad(const TrialOutcome& outcome) const { return outcome.as_recorded; }
  bool judged(const TrialOutcome& outcome) const {
    return outcome.succeeded() || outcome.as_recorded;
  }

  // The one nearest to the middle that can be judged; nothing: none can.
  std::optional<std::size_t> judged_between(std::size_t good, std::size_t failing) {
    std::vector<std::size_t> between;
    for (std::size_t i = good + 1; i < failing; ++i) between.push_back(i);
    const std::size_t middle = (good + failing) / 2;
    std::ranges::stable_sort(between, {}, [middle](std::size_t index) {
      return index > middle ? index - middle : middle - index;
    });
    for (const std::size_t index : between)
      if (judged(outcome(index))) return index;
    return {};
  }

  void narrow_down() {
    std::size_t good = 0, failing = result_.versions.size() - 1;
    while (const auto middle = judged_between(good, failing))
      (bad(outcome(*middle)) ? failing : good) = *middle;
    result_.last_good = good;
    result_.first_bad = failing;
  }

  void find_files() {
    const std::string& before = result_.versions[result_.last_good].tree.digest;
    const std::string& after = result_.versions[result_.first_bad].tree.digest;
    result_.files = compare_trees(journal_, before, after);
    good_ = tree_of_journal(journal_, before);
    bad_ = tree_of_journal(journal_, after);
    Paths paths;
    for (const ScriptChange& file : result_.files) paths.push_back(file.path);
    if (paths.size() == 1) {
      result_.guilty = paths;
      return;
    }
    for (const std::string& path : paths)
      if (fails_with({path})) result_.guilty.push_back(path);
    if (!result_.guilty.empty()) return;
    // What is not among the changes (a file that is kept by digest only) is not there.
    if (!fails_with(paths)) {
      result_.why =
          "with all changes of that version put into the one before it does not fail as "
          "recorded";
      return;
    }
    result_.together = true;
    result_.guilty = without_what_can_be_left_out(std::move(paths));
  }

  bool fails_with(const Paths& paths) {
    return bad(stand_.run(mixed_tree(good_, bad_, paths)));
  }

  Paths without_what_can_be_left_out(Paths paths) {
    for (std::size_t i = 0; i < paths.size();) {
      Paths fewer = paths;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (fails_with(fewer))
        paths = std::move(fewer);
      else
        ++i;
    }
    return paths;
  }

  JournalReader& journal_;
  TrialStand stand_;
  Bisection& result_;
  ScriptsTree good_, bad_;
};

}  // namespace

std::string_view to_string(Bisection::Finding verdict) {
  switch (verdict) {
    case Finding::found:
      return "found";
    case Finding::not_the_scripts:
      return "not-the-scripts";
    case Finding::same_scripts:
      return "same-scripts";
    case Finding::not_reproduced:
      return "not-reproduced";
    case Finding::inconclusive:
      break;
  }
  return "inconclusive";
}

std::vector<TreeVersion> versions_between(JournalReader& journal,
                                          const CallRecord& success,
                                          const CallRecord& call) {
  Selection selection;
  selection.since_ns = success.at_ns;
  selection.until_ns = call.at_ns + 1;
  selection.hosts = {call.host};
  std::vector<TreeVersion> versions = tree_versions(journal, selection, false);
  // One that came back stands where it was first: the ends are those of the two calls.
  const auto take = [&versions](const std::string& digest) {
    const auto found = std::ranges::find(versions, digest, &TreeVersion::digest);
    TreeVersion version;
    version.digest = digest;
    if (found == versions.end()) return version;
    version = *found;
    versions.erase(found);
    return version;
  };
  TreeVersion first = take(success.tree);
  if (success.tree == call.tree) return {std::move(first)};
  TreeVersion last = take(call.tree);
  versions.insert(versions.begin(), std::move(first));
  versions.push_back(std::move(last));
  return versions;
}

Bisection bisect(JournalReader& journal, const CallRecord& call,
                 const CallRecord& success, SandboxMaker& maker,
                 const BisectionPlan& plan) {
  for (const CallRecord* each : {&success, &call})
    if (each->tree.empty())
      throw Error("which scripts call " + std::to_string(each->id) +
                  " had is not recorded: there is nothing to bisect");
  Bisection result;
  for (TreeVersion& version : versions_between(journal, success, call))
    result.versions.push_back({.tree = std::move(version)});
  if (result.versions.size() == 1) {
    result.verdict = Finding::same_scripts;
    return result;
  }
  Bisecting(journal, call, maker, plan, result).run();
  return result;
}

}  // namespace hookjournal
