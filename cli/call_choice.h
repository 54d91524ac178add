#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace hookjournal {

// What is wrong with a call's number on the command line; empty when nothing is.
std::string wrong_call_number(const std::string& word);

// Throws UsageError when the journal has no such call.
CallRecord call_or_usage_error(JournalReader& journal, std::int64_t id);

// What can be asked of a run.
enum class RunPart { in, out, err, script };
std::string_view to_string(RunPart part);  // "stdin"

// Of the first three parts. Nothing: /dev/null, or unknown as the run has no ending.
std::optional<StoredStream> stream_of(const RunRecord& run, RunPart part);

// Which run of a call is meant, by script, by number, or by there being one only.
struct RunChoice {
  std::string script;
  std::optional<std::int64_t> run;
};

// The run whose `part` is meant: where several runs fit but that is the same for all, as
// all scripts of a call mostly read the same input, any. Throws UsageError that lists
// the choices.
const RunRecord& chosen_run(const CallRecord& call, const RunChoice& choice,
                            RunPart part);

// The words after `cat ID PART` that chosen_run() needs for this run, quoted for a
// shell: "", " --script NAME" or " --run N".
std::string words_to_choose(const CallRecord& call, const RunRecord& run, RunPart part);

}  // namespace hookjournal
