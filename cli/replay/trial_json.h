#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "journal/records.h"

// As `--json` has them: keys may be added, none is ever changed.
namespace hookjournal {

struct Bisection;
struct CrossCheck;
struct TrialOutcome;

// {"outcome":"succeeded"|"failed"|"unclear","why","script","ending","lines",
// "as_recorded","same_words","simulated","blocked"}; script and ending are null unless a
// script failed
nlohmann::ordered_json json_of(const TrialOutcome& outcome);

// {"verdict":"scripts"|"xml"|"either"|"both"|"neither"|"not-reproduced"|"inconclusive",
// "why","success":CALL,"same_scripts","same_xml","scripts_only",
// "trials":[{"scripts":"then"|"success","xml":...,"result":outcome}],"notes"}
nlohmann::ordered_json json_of(const CrossCheck& check, const CallRecord& success);

// {"call":CALL,"success":CALL,"verdict":"found"|"not-the-scripts"|"same-scripts"|
// "not-reproduced"|"inconclusive","why","last_good":tree,"first_bad":tree,"guilty":[path],
// "together","files":[as `diff --json` has them],"versions":[{"tree","first_call",
// "first_seen","calls","result":outcome or null}],"trials":N,"notes","commands":[text]}
nlohmann::ordered_json json_of(const Bisection& bisection, const CallRecord& call,
                               const CallRecord& success,
                               const std::vector<std::string>& commands);

}  // namespace hookjournal
