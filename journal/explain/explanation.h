#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/asking/failures.h"
#include "journal/explain/change.h"
#include "journal/explain/comparable_calls.h"
#include "journal/explain/patterns.h"
#include "journal/explain/surroundings.h"
#include "journal/journal.h"
#include "journal/selection.h"

namespace hookjournal {

// What the journal knows about why a call failed. It holds facts and counts; none of it
// says that one thing caused another.
struct Explanation {
  CallRecord call;
  std::optional<FailedCall> failure;  // nothing: no script failed, its output was refused

  // The call it is compared with.
  enum class Reference {
    own_success,    // the last of this guest or network
    alike_success,  // it never succeeded: the last of those that fail in the same way
    other_success,  // nor did they: of all others the one that is most like it
    none,
  };
  Reference reference = Reference::none;
  std::optional<CallRecord> success;

  std::vector<SeenChange> changes;  // since that one; the best first
  enum class Verdict {
    separates,  // the first of them separates failing calls from succeeding ones
    nothing_separates,
    nothing_changed,  // but for what differs between calls anyway
    nothing_to_compare,
  };
  Verdict verdict = Verdict::nothing_to_compare;

  // What was counted over.
  std::size_t failures = 0, successes = 0;
  bool more_failures = false, more_successes = false;

  Surroundings around;
  std::vector<Pattern> patterns;
  std::vector<std::string> unknown;  // what the journal does not know, a sentence each
};
std::string_view to_string(Explanation::Reference reference);  // "own-success"
std::string_view to_string(Explanation::Verdict verdict);      // "nothing-changed"

// Throws UsageError for a call that did not fail, or has not yet.
void check_failed(const CallRecord& call);
// Does the same.
Explanation explain(JournalReader& journal, const CallRecord& call);

// The last failed call of a selection; rather one that libvirt acted on than the release
// that followed it and failed as well. Nothing: none failed.
std::optional<std::int64_t> last_failure(JournalReader& journal, Selection among);

}  // namespace hookjournal
