#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "journal/asking/failures.h"
#include "journal/journal.h"
#include "replay/legs/loaded_call.h"
#include "replay/sandbox/sandbox.h"

namespace hookjournal {

// What became of one recorded call when it was run again.
struct TrialOutcome {
  enum class Kind {
    succeeded,
    failed,
    unclear,  // `why` says what kept it from being judged
  };
  Kind kind = Kind::unclear;
  std::string why;
  // Of one that failed: the last script that did, its ending and its last words. Without
  // a script libvirt refuses what the scripts printed, and `why` is its reason.
  std::string script;
  Ending ending = Exited{0};
  std::vector<std::string> lines;
  bool as_recorded = false;  // the same script ended in the same way as when recorded
  bool same_words = false;   // and with the same last words, but for what differs anyway
  // Commands that stand-ins answered, and what was out of reach: either may be why.
  std::vector<std::string> simulated, blocked;

  bool succeeded() const { return kind == Kind::succeeded; }
  bool failed() const { return kind == Kind::failed; }
  bool unclear() const { return kind == Kind::unclear; }
};

// Runs one failed call again and again, with other scripts or another input, each time in
// a fresh sandbox; before it the earlier calls of its lifecycle, as they were recorded
// but with the same scripts. Each trial is made twice: what comes out one way and then
// the other is unclear.
class TrialStand {
 public:
  // All outlive the stand. Throws Error when the call cannot be run again, and says why.
  TrialStand(JournalReader& journal, const CallRecord& call, SandboxMaker& maker,
             bool with_links);

  // Throws Error when no sandbox can be opened.
  TrialOutcome run(const ScriptsTree& scripts) { return run(scripts, call_.call.input); }
  TrialOutcome run(const ScriptsTree& scripts, const std::optional<std::string>& input);

  const std::optional<std::string>& input() const { return call_.call.input; }
  // What makes a trial less than the real thing, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }
  std::size_t trials() const { return trials_; }
  // Is told of each trial that has been made.
  void on_trial(std::function<void(std::size_t trials)> listener) {
    listener_ = std::move(listener);
  }

 private:
  void find_earlier_calls();
  void note_record();
  TrialOutcome once(const ScriptsTree& scripts, const LoadedCall& call);
  TrialOutcome judged(const ObservedCall& observed) const;

  JournalReader& journal_;
  SandboxMaker& maker_;
  bool with_links_;
  LoadedCall call_;
  std::vector<LoadedCall> earlier_;
  std::optional<FailedCall> failure_;  // as recorded; nothing: its output was refused
  std::vector<std::string> notes_;
  std::size_t trials_ = 0;
  std::function<void(std::size_t)> listener_;
};

// What a sentence calls such an outcome: "it succeeds", "qemu fails (exit status 1)".
std::string outcome_words(const TrialOutcome& outcome);

// `base` with these files as `other` has them: changed, added or removed.
ScriptsTree mixed_tree(const ScriptsTree& base, const ScriptsTree& other,
                       const std::vector<std::string>& paths);

}  // namespace hookjournal
