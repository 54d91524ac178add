#include "replay/recorded_call.h"

#include "engine/error.h"

namespace hookjournal {

HookCall recorded_call(JournalReader& journal, std::int64_t id) {
  const auto record = journal.call(id);
  if (!record)
    throw UsageError("call " + std::to_string(id) +
                     " is not in the journal; `hookjournal log` lists those that are");
  HookCall call{.driver = record->driver,
                .object = record->object,
                .operation = record->operation,
                .suboperation = record->suboperation,
                .extra = record->extra};
  if (record->runs.empty() || !record->runs.front().input) return call;
  const StoredStream& input = *record->runs.front().input;
  if (input.truncated)
    throw Error("call " + std::to_string(id) + " cannot be run again: of its input of " +
                std::to_string(input.length) + " bytes only " +
                std::to_string(input.kept) +
                " were kept; give the whole one with --input");
  call.input = journal.bytes(input.blob);
  return call;
}

}  // namespace hookjournal
