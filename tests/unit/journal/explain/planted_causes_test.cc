#include "engine/xml/xml_places.h"
#include "journal/explain/explanation.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/explain/planted_history.h"

namespace hookjournal {
namespace {

using Cause = PlantedHistory::Cause;
using Verdict = Explanation::Verdict;

constexpr unsigned kHistories = 10;

// What explain names first, as the history names what it planted.
std::string first_of(const Explanation& explanation) {
  if (explanation.verdict == Verdict::nothing_changed) return "nothing changed";
  if (explanation.verdict != Verdict::separates) return "nothing separates";
  return place_of_path(name_of(explanation.changes.front()));
}

std::string answer(PlantedHistory& history, Cause cause) {
  JournalReader journal = history.reader();
  return first_of(explain(journal, journal.call(history.failure_of(cause)).value()));
}

TEST_CASE(
    "explain names what was planted in a history of 200 guests, and says when "
    "nothing changed",
    "[journal][explain]") {
  unsigned right = 0;
  for (unsigned seed = 1; seed <= kHistories; ++seed) {
    PlantedHistory history(seed);
    CAPTURE(seed, history.calls());
    bool all = true;
    for (const Cause cause : {Cause::script, Cause::xml, Cause::host}) {
      const std::string found = answer(history, cause);
      CHECK_NOFAIL(found == history.planted(cause));
      all = all && found == history.planted(cause);
    }
    const std::string found = answer(history, Cause::chance);
    CHECK_NOFAIL(found == "nothing changed");
    if (all && found == "nothing changed") ++right;
  }
  WARN("explain was right in " << right << " of " << kHistories << " histories");
  CHECK(right >= 9);
}

}  // namespace
}  // namespace hookjournal
