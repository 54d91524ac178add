#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/forensics/trial.h"

namespace hookjournal {

// A failed call run again with its own scripts and those of a success, each with its own
// XML and with that of the success: which of the two turns the failure into a success?
struct CrossCheck {
  enum class Finding {
    scripts,         // the success's scripts alone do, its XML alone does not
    xml,             // the other way round
    either,          // each alone does
    both,            // only both together do
    neither,         // not even both together
    not_reproduced,  // it does not fail there with its own scripts and XML
    inconclusive,    // `why`
  };
  // By what was used: of the failing call ("then"), or of the success.
  struct Cell {
    bool scripts_then = true, xml_then = true;
    TrialOutcome outcome;
  };

  Finding verdict = Finding::inconclusive;
  std::string why;
  std::array<Cell, 4> cells;
  bool same_scripts = false, same_xml = false;  // nothing to tell apart there
  // The success is another guest's: its XML was not tried.
  bool scripts_only = false;
  std::vector<std::string> notes;

  const TrialOutcome& outcome(bool scripts_then, bool xml_then) const;
  std::vector<std::string> simulated() const;  // in any of them
};
std::string_view to_string(CrossCheck::Finding verdict);  // "not-reproduced"

struct CrossCheckPlan {
  bool with_links = false;
  bool scripts_only = false;
  std::function<void(std::size_t trials, std::size_t of)> progress;
};

// Throws Error when the call or the success's scripts are not in the journal, or when no
// sandbox can be opened.
CrossCheck cross_check(JournalReader& journal, const CallRecord& call,
                       const CallRecord& success, SandboxMaker& maker,
                       const CrossCheckPlan& plan);

}  // namespace hookjournal
