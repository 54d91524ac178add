#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "journal/selection.h"
#include "replay/comparison/difference.h"
#include "replay/comparison/maskers.h"
#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// What is to be replayed, and how.
struct ReplayPlan {
  Selection selection;
  ScriptsTree candidate;
  std::optional<ScriptsTree> baseline;  // instead of the recorded versions
  // As the scripts are on this host now: files that the journal has by digest only are
  // taken from here, or from the candidate, where they are still the same.
  std::optional<ScriptsTree> installed;
  bool each_call_alone = false;
  bool with_links = false;  // bridges and taps of the XML are made in the sandbox
  // Of the host the calls were recorded on and not of this one, absolute paths: laid in
  // every sandbox before its first call.
  std::vector<ScriptsTree::File> host_files;
  // A candidate is slower when it takes this much longer than both baseline legs, and
  // more than their own spread.
  std::int64_t slower_ns = 100'000'000;
  Maskers maskers;

  // Where to look for such files. The plan outlives what it gives.
  std::vector<const ScriptsTree*> elsewhere() const;
};

// One call of the selection and what became of it.
struct ReplayedCall {
  CallRecord call;
  CallVerdict verdict;
  std::string
      fingerprint;        // of `changed`: 12 hexadecimal digits, equal for equal changes
  bool accepted = false;  // somebody has said that this is intended
  // The first call that was replayed in the same sandbox; its own when that is itself.
  std::int64_t life_began = 0;
  std::vector<std::string>
      notes;  // "its input was redacted", "the recorded tree lacks …"
};

// What a lifecycle leaves behind with the candidate and not with the old scripts, or the
// other way round.
struct ReplayedLeak {
  std::int64_t life_began = 0, last_call = 0;  // the lifecycle's first call and its last
  std::string driver, object;
  std::vector<Difference> differences;  // Field::leak
  std::string fingerprint;
  bool accepted = false;
};

// Equal changes, told once.
struct ChangeGroup {
  std::string fingerprint;
  std::int64_t calls = 0;
  std::vector<std::string> objects;  // the first few, sorted
  std::int64_t object_count = 0;
  ReplayedCall example;              // the oldest call
  std::optional<ReplayedLeak> leak;  // a group of leaks; then `example` has no verdict
  bool accepted = false;
  std::string accepted_because, accepted_by;
  std::int64_t accepted_at_ns = 0;
};

// What was covered, so that "all same" cannot hide an empty or stale selection.
struct ReplayCoverage {
  std::int64_t calls = 0, lifecycles = 0, distinct_inputs = 0, objects = 0;
  std::map<std::string, std::int64_t> operations;  // "qemu prepare/begin" -> calls
  std::int64_t oldest_ns = 0, newest_ns = 0;
  // Why selected calls were left out: reason -> how many.
  std::map<std::string, std::int64_t> left_out;
  std::vector<std::string> incomplete_trees;
  std::map<std::string, std::int64_t> real;       // command -> calls in which it ran
  std::map<std::string, std::int64_t> simulated;  // likewise, of stand-ins that answered
  std::map<std::string, std::int64_t> blocked;    // attempt -> calls
  std::map<std::string, std::int64_t> masks;      // rule -> times it hid something
  std::map<std::string, std::string> masked;      // rule -> the first that it hid
};

struct ReplaySummary {
  std::map<Verdict, std::int64_t> verdicts;
  // Calls whose old scripts no longer do what was recorded, whatever the verdict: a noisy
  // call may have drifted, and a changed one.
  std::int64_t drifted = 0;
  std::vector<ChangeGroup> groups;  // by harm, most harmful first
  ReplayCoverage coverage;
  std::int64_t elapsed_ns = 0;
};

struct ReplayProgress {
  std::int64_t calls = 0, of = 0;
};

// Hears of calls in a stable order, whatever the number of jobs.
struct ReplayListener {
  std::function<void(const ReplayedCall&)> call;
  std::function<void(const ReplayedLeak&)> leak;
  std::function<void(const ReplayProgress&)> progress;
};

// Runs the selected calls in `makers`, one job for each. Throws Error, also when
// sandboxes fail one after another, or all do.
ReplaySummary replay(JournalReader& journal, const ReplayPlan& plan,
                     const std::vector<SandboxMaker*>& makers,
                     const ReplayListener& listener);

}  // namespace hookjournal
