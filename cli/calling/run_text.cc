#include "cli/calling/run_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/asking/stream_text.h"
#include "cli/asking/verdict_text.h"
#include "cli/call_words.h"
#include "cli/escape.h"
#include "cli/time_text.h"
#include "engine/libvirt_message.h"

namespace hookjournal {

namespace {

constexpr Excerpt kWhole{.first = 1'000'000'000};
constexpr std::size_t kNameWidth = 12;

std::string title_of(const HookCall& call, const CallRecord* record) {
  std::string title =
      record == nullptr ? "not recorded:" : "call " + std::to_string(record->id) + ":";
  title += " " + visible(call.driver);
  for (const std::string& word : script_arguments(call))
    title += " " + visible(shell_quoted(word));
  return title;
}

// As the journal words it, which knows nothing of runs it could not take.
std::string ending_words(const EngineRun& made) {
  const ScriptResult& result = made.result;
  RunRecord run;
  run.script = made.script;
  run.outcome = succeeded(result.ending) ? Outcome::ok : Outcome::failed;
  run.ending = result.ending;
  return long_ending(run);
}

std::string printed_words(const ScriptResult& result) {
  std::string words;
  if (!result.out.empty()) words += ", stdout " + byte_count(result.out.size());
  if (!result.err.empty()) words += ", stderr " + byte_count(result.err.size());
  return words;
}

void write_run(Output& output, const EngineRun& run, std::size_t width) {
  const bool well = succeeded(run.result.ending);
  output.text(fmt::format("  {:<{}}  ", visible(run.script), width));
  output.text(ending_words(run), well ? Style::plain : Style::bad);
  output.text(", took " + duration_text(run.result.elapsed.count()) +
              printed_words(run.result) + "\n");
  for (const PipeHolder& holder : run.result.holders)
    output.text(fmt::format("  {:<{}}    its {} was kept open by pid {}: {}\n", "", width,
                            holder.stream, holder.pid, visible(holder.command_line)));
}

void field(Output& output, std::string_view name, const std::string& value) {
  output.text(fmt::format("{:<{}}", name, kNameWidth), Style::faint);
  output.text(value + "\n");
}

std::string verdict_of(const Answer& answer) {
  if (answer.no_hook) return "ok: there is no script for it";
  if (!answer.failed) return "ok";
  if (answer.bad_directory) return "failed: the scripts' directory cannot be read";
  return "failed: " + describe(answer.ending);
}

}  // namespace

void write_answer(Output& output, const HookCall& call, const Answer& answer,
                  const CallRecord* record) {
  output.text(title_of(call, record) + "\n", Style::heading);
  std::size_t width = 0;
  for (const EngineRun& run : answer.runs)
    width = std::max(width, visible(run.script).size());
  for (const EngineRun& run : answer.runs) write_run(output, run, width);

  field(output, "answer", verdict_of(answer));
  if (record != nullptr)
    field(output, "consequence",
          std::string(to_string(record->consequence)) + ": " +
              consequence_sentence(*record));
  if (record != nullptr && record->printed_output() != nullptr)
    field(output, "verdict", verdict_words(record->output_judgement));
  if (!answer.error.empty()) {
    field(output, "message", "of libvirt, for whoever asked for this:");
    write_excerpt(output, answer.error, kWhole, "  ", "");
  }
  if (answer.output) {
    field(output, "output", byte_count(answer.output->size()) + " in the input's place:");
    write_excerpt(output, *answer.output, kWhole, "  ", "");
  }
}

}  // namespace hookjournal
