#include "cli/call_choice.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "cli/escape.h"
#include "engine/error.h"
#include "engine/libvirt_message.h"

namespace hookjournal {

namespace {

using Runs = std::vector<const RunRecord*>;

// A script that starts itself again (through sudo) has two runs; the one that libvirt
// started, and judged, is meant.
Runs fitting(const CallRecord& call, const RunChoice& choice) {
  Runs runs;
  for (const RunRecord& run : call.runs)
    if ((choice.script.empty() || run.script == choice.script) &&
        (!choice.run || run.id == *choice.run))
      runs.push_back(&run);
  const bool outer =
      std::ranges::any_of(runs, [](const RunRecord* run) { return !run->within; });
  if (outer) std::erase_if(runs, [](const RunRecord* run) { return run->within; });
  return runs;
}

bool same_script(const RunRecord& one, const RunRecord& other) {
  if (one.script_sha256.empty() || other.script_sha256.empty())
    return one.script == other.script;
  return one.script_sha256 == other.script_sha256;
}

bool same(const RunRecord& one, const RunRecord& other, RunPart part) {
  if (part == RunPart::script) return same_script(one, other);
  const auto first = stream_of(one, part), second = stream_of(other, part);
  if (!first && !second) return one.ending && other.ending;  // both /dev/null
  return first && second && first->blob == second->blob &&
         first->length == second->length;
}

bool all_same(const Runs& runs, RunPart part) {
  return std::ranges::all_of(
      runs, [&](const RunRecord* run) { return same(*runs.front(), *run, part); });
}

bool names_differ(const Runs& runs) {
  return std::ranges::all_of(runs, [&runs](const RunRecord* run) {
    return std::ranges::count(runs, run->script,
                              [](const RunRecord* other) { return other->script; }) == 1;
  });
}

std::string list(const Runs& runs, bool by_name) {
  std::string text;
  for (const RunRecord* run : runs) {
    text += text.empty() ? "" : ", ";
    text += visible(run->script);
    if (!by_name) text += " (--run " + std::to_string(run->id) + ")";
  }
  return text;
}

Runs all_of(const CallRecord& call) {
  Runs runs;
  for (const RunRecord& run : call.runs) runs.push_back(&run);
  return runs;
}

}  // namespace

std::string wrong_call_number(const std::string& word) {
  std::int64_t id = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, id);
  if (error == std::errc() && stop == end && id > 0) return "";
  return "'" + visible(word) +
         "' is no number of a call; `hookjournal log` has them in its first column";
}

CallRecord call_or_usage_error(JournalReader& journal, std::int64_t id) {
  auto call = journal.call(id);
  if (!call)
    throw UsageError("call " + std::to_string(id) +
                     " is not in the journal; `hookjournal log` lists those that are");
  return std::move(*call);
}

std::string_view to_string(RunPart part) {
  switch (part) {
    case RunPart::in:
      return "stdin";
    case RunPart::out:
      return "stdout";
    case RunPart::err:
      return "stderr";
    case RunPart::script:
      break;
  }
  return "script";
}

std::optional<StoredStream> stream_of(const RunRecord& run, RunPart part) {
  if (part == RunPart::in) return run.input;
  if (!run.ending) return {};
  return part == RunPart::out ? run.out : run.err;
}

const RunRecord& chosen_run(const CallRecord& call, const RunChoice& choice,
                            RunPart part) {
  const Runs runs = fitting(call, choice);
  const std::string number = std::to_string(call.id);
  if (runs.empty()) {
    const std::string wanted = choice.run ? "run " + std::to_string(*choice.run)
                                          : "script " + visible(choice.script);
    throw UsageError(wanted + " is not part of call " + number + "; these are: " +
                     list(all_of(call), names_differ(all_of(call)) && !choice.run));
  }
  if (runs.size() == 1 || all_same(runs, part)) return *runs.front();
  const bool by_name = names_differ(runs);
  throw UsageError("several scripts ran for call " + number + ", and their " +
                   std::string(to_string(part)) +
                   " is not the same: " + (by_name ? "--script NAME" : "--run N") +
                   " must say which of " + list(runs, by_name));
}

std::string words_to_choose(const CallRecord& call, const RunRecord& run, RunPart part) {
  const auto chooses = [&](const RunChoice& choice) {
    const Runs runs = fitting(call, choice);
    return runs.front() == &run && (runs.size() == 1 || all_same(runs, part));
  };
  if (chooses({})) return "";
  if (chooses({.script = run.script}))
    return " --script " + visible(shell_quoted(run.script));
  return " --run " + std::to_string(run.id);
}

}  // namespace hookjournal
