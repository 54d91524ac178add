#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/asking/call_difference.h"
#include "journal/asking/tree_history.h"
#include "replay/forensics/trial.h"

namespace hookjournal {

// Which version of the scripts tree made a call fail, and which of its files: found by
// running the failed call in the sandbox with the versions that were in use since a
// success, and then with single files of the first that fails.
struct Bisection {
  enum class Finding {
    found,
    not_the_scripts,  // with the success's scripts it fails as well
    same_scripts,     // the success had the same
    not_reproduced,   // it does not fail in the sandbox with its own scripts
    inconclusive,     // `why`
  };
  // One of the versions, and what became of the call with it.
  struct Version {
    TreeVersion tree;  // without its files
    bool tried = false;
    TrialOutcome outcome;
  };

  Finding verdict = Finding::inconclusive;
  std::string why;
  std::vector<Version> versions;  // by when they were first seen, the success's first

  // When found: neighbours in `versions`, but for those between them that could not be
  // judged.
  std::size_t last_good = 0, first_bad = 0;
  std::vector<ScriptChange> files;  // that differ between the two
  // Paths among them. Each of these alone, put into the last good version, makes the call
  // fail; or all of them together do and none can be left out (`together`). Empty: which
  // file it is could not be told, `why` says for what reason.
  std::vector<std::string> guilty;
  bool together = false;

  std::size_t trials = 0;
  std::vector<std::string> notes;
};
std::string_view to_string(Bisection::Finding verdict);  // "not-the-scripts"

struct BisectionPlan {
  bool with_links = false;
  // Hears how many trials have been made.
  std::function<void(std::size_t trials)> progress;
};

// `success`: an earlier call whose scripts are taken for good. Throws Error as
// cross_check() does.
Bisection bisect(JournalReader& journal, const CallRecord& call,
                 const CallRecord& success, SandboxMaker& maker,
                 const BisectionPlan& plan);

// The versions that were in use on the call's host from the success to the call, those
// two's own at the ends.
std::vector<TreeVersion> versions_between(JournalReader& journal,
                                          const CallRecord& success,
                                          const CallRecord& call);

}  // namespace hookjournal
