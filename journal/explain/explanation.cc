#include "journal/explain/explanation.h"

#include <algorithm>
#include <limits>
#include <set>

#include "engine/error.h"
#include "journal/asking/call_history.h"
#include "journal/explain/call_facts.h"
#include "journal/explain/ranking.h"

namespace hookjournal {

namespace {

using Reference = Explanation::Reference;
using Verdict = Explanation::Verdict;

// Other guests' successes among which the most similar is looked for.
constexpr std::size_t kMostGuests = 50;

bool failed(const CallRecord& call) {
  return call.outcome == Outcome::failed ||
         (call.outcome == Outcome::ok && !went_well(call));
}

std::size_t differing(const Values* one, const Values* other) {
  if (one == nullptr || other == nullptr) return one == other ? 0 : 1;
  std::size_t count = 0;
  for (const auto& [name, value] : *one) {
    const auto found = other->find(name);
    if (found == other->end() || found->second != value) ++count;
  }
  return count;
}

std::size_t differing(const XmlPlaces* one, const XmlPlaces* other) {
  if (one == nullptr || other == nullptr) return one == other ? 0 : 1;
  std::size_t count = one->size() + other->size();
  for (const auto& [place, values] : *one) {
    const auto found = other->find(place);
    if (found != other->end()) count -= found->second == values ? 2 : 1;
  }
  return count;
}

std::optional<std::int64_t> most_similar(const ComparableCalls& calls, CallFacts& facts) {
  const auto own = facts.xml(calls.call);
  std::set<std::string> guests;
  std::optional<std::int64_t> best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const ComparableCall& other : calls.successes) {
    if (guests.size() == kMostGuests) break;
    if (!guests.insert(other.object).second) continue;
    const std::size_t count =
        differing(own.get(), facts.xml(other).get()) +
        differing(facts.tree(calls.call), facts.tree(other)) +
        differing(facts.host(calls.call), facts.host(other)) +
        differing(facts.environment(calls.call), facts.environment(other));
    if (count >= least) continue;
    least = count;
    best = other.id;
  }
  return best;
}

std::optional<std::int64_t> last_of_failing(const ComparableCalls& calls) {
  const ComparableCall* last = nullptr;
  for (const ComparableCall& other : calls.successes)
    if (other.of_failing && other.at_ns < calls.call.at_ns &&
        (last == nullptr || last->at_ns < other.at_ns))
      last = &other;
  return last == nullptr ? std::nullopt : std::optional(last->id);
}

void find_reference(JournalReader& journal, const ComparableCalls& calls,
                    CallFacts& facts, Explanation& explanation) {
  if (const auto own = last_success(journal, explanation.call)) {
    explanation.success = journal.call(*own);
    explanation.reference = Reference::own_success;
  } else if (const auto alike = last_of_failing(calls)) {
    explanation.success = journal.call(*alike);
    explanation.reference = Reference::alike_success;
  } else if (const auto other = most_similar(calls, facts)) {
    explanation.success = journal.call(*other);
    explanation.reference = Reference::other_success;
  }
}

void note_unknown(const CallRecord& call, const char* which,
                  std::vector<std::string>& unknown) {
  const std::string number =
      std::string(which) + " (call " + std::to_string(call.id) + ")";
  if (call.tree.empty()) unknown.push_back("which scripts tree there was for " + number);
  const bool input = !call.runs.empty() && call.runs.front().input;
  if (!input && call.driver != "daemon")
    unknown.push_back("what the scripts could read of " + number);
  if (input && call.runs.front().input->truncated)
    unknown.push_back("the end of what the scripts could read of " + number);
  if (call.context.caller.exe_build_id.empty())
    unknown.push_back("which build of libvirt called for " + number);
  if (call.context.kernel.empty()) unknown.push_back("which kernel ran for " + number);
}

Verdict verdict_of(const Explanation& explanation) {
  if (!explanation.success) return Verdict::nothing_to_compare;
  const auto& changes = explanation.changes;
  if (!changes.empty() && changes.front().standing == SeenChange::Standing::separates)
    return Verdict::separates;
  const bool any = std::ranges::any_of(changes, [](const SeenChange& change) {
    return change.standing != SeenChange::Standing::restless;
  });
  return any ? Verdict::nothing_separates : Verdict::nothing_changed;
}

}  // namespace

std::string_view to_string(Explanation::Reference reference) {
  switch (reference) {
    case Reference::own_success:
      return "own-success";
    case Reference::alike_success:
      return "alike-success";
    case Reference::other_success:
      return "other-success";
    case Reference::none:
      break;
  }
  return "none";
}

std::string_view to_string(Explanation::Verdict verdict) {
  switch (verdict) {
    case Verdict::separates:
      return "separates";
    case Verdict::nothing_separates:
      return "nothing-separates";
    case Verdict::nothing_changed:
      return "nothing-changed";
    case Verdict::nothing_to_compare:
      break;
  }
  return "nothing-to-compare";
}

void check_failed(const CallRecord& call) {
  if (failed(call)) return;
  const std::string number = "call " + std::to_string(call.id);
  if (call.outcome == Outcome::running)
    throw UsageError(number +
                     " still runs: how it ends is not known yet; `show` tells "
                     "what it did so far");
  if (call.outcome == Outcome::abandoned)
    throw UsageError(number +
                     " was abandoned: nobody saw how it ended, so there is no "
                     "failure to explain; `show` tells what is known");
  throw UsageError(number + " did not fail; `diff` compares it with another");
}

Explanation explain(JournalReader& journal, const CallRecord& call) {
  check_failed(call);
  // It goes to and fro between thousands of calls; with SQLite's 2 MiB it would read most
  // pages again and again. Who reads a table from end to end is faster without.
  journal.database().exec("pragma cache_size = -32768");
  Explanation explanation;
  explanation.call = call;
  explanation.failure = FailureReader(journal).read(call.id);

  CallFacts facts(journal);
  const ComparableCalls calls = comparable_calls(journal, call);
  explanation.failures = calls.failures.size();
  explanation.successes = calls.successes.size();
  explanation.more_failures = calls.more_failures;
  explanation.more_successes = calls.more_successes;
  find_reference(journal, calls, facts, explanation);
  if (explanation.success) {
    const CallRecord& success = *explanation.success;
    explanation.changes =
        changes_between(compare_calls(journal, success, call), success, call);
    rank(explanation.changes, calls, facts,
         explanation.reference == Reference::own_success);
    note_unknown(success, "the success", explanation.unknown);
  }
  note_unknown(call, "the failure", explanation.unknown);
  explanation.verdict = verdict_of(explanation);
  explanation.around = surroundings_of(journal, call, facts);
  explanation.patterns = patterns_of(journal, call, explanation.around);
  return explanation;
}

std::optional<std::int64_t> last_failure(JournalReader& journal, Selection among) {
  among.outcomes = {Outcome::failed};
  // A start that was refused is followed by `stopped` and `release`.
  among.last = 4;
  std::optional<std::int64_t> last;
  std::int64_t last_ns = 0;
  constexpr std::int64_t kFollows = std::int64_t{60} * 1'000'000'000;
  std::vector<std::int64_t> ids = journal.call_ids(among);
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    const auto call = journal.call(*id);
    if (!call) continue;
    if (!last) {
      last = *id;
      last_ns = call->at_ns;
    }
    if (call->at_ns < last_ns - kFollows) break;
    if (call->consequence != Consequence::ignored) return *id;
  }
  return last;
}

}  // namespace hookjournal
