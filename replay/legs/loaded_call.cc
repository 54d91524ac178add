#include "replay/legs/loaded_call.h"

#include <algorithm>
#include <utility>

namespace hookjournal {

namespace {

RecordedLeg recorded_leg(JournalReader& journal, const CallRecord& record,
                         const std::set<std::string>& watchers) {
  RecordedLeg leg;
  leg.failed = record.outcome == Outcome::failed;
  leg.complete = record.unrecorded.empty() && record.outcome != Outcome::abandoned;
  leg.consequence = record.consequence;
  for (const RunRecord& run : record.runs) {
    // What a script started that is recorded too is a command of that script.
    if (run.within || watchers.contains(run.script)) continue;
    leg.runs.push_back({.script = run.script,
                        .ending = run.ending,
                        .out = journal.bytes(run.out.blob),
                        .err = journal.bytes(run.err.blob),
                        .out_whole = !run.out.truncated && run.out.redacted == 0,
                        .err_whole = !run.err.truncated && run.err.redacted == 0});
  }
  if (const RunRecord* printed = record.printed_output()) {
    leg.output = journal.bytes(printed->out.blob);
    // A part of an output is not what libvirt went on with.
    if (printed->out.truncated) leg.complete = false;
  }
  return leg;
}

}  // namespace

const RunRecord* first_run(const CallRecord& call) {
  const auto run = std::ranges::find_if(
      call.runs, [](const RunRecord& candidate) { return !candidate.within; });
  return run == call.runs.end() ? nullptr : &*run;
}

LoadedCall load_call(JournalReader& journal, CallRecord record,
                     const std::set<std::string>& watchers) {
  LoadedCall loaded;
  loaded.call = {.driver = record.driver,
                 .object = record.object,
                 .operation = record.operation,
                 .suboperation = record.suboperation,
                 .extra = record.extra};
  const RunRecord* first = first_run(record);
  if (first != nullptr && first->input)
    loaded.call.input = journal.bytes(first->input->blob);
  loaded.recorded = recorded_leg(journal, record, watchers);
  loaded.circumstances = journal.circumstances(record);
  loaded.record = std::move(record);
  return loaded;
}

}  // namespace hookjournal
