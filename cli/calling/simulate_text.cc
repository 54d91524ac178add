#include "cli/calling/simulate_text.h"

#include <fmt/format.h>

#include "cli/asking/stream_text.h"
#include "cli/call_words.h"
#include "cli/calling/effects_text.h"
#include "cli/escape.h"
#include "cli/time_text.h"
#include "engine/libvirt_message.h"

namespace hookjournal {

namespace {

constexpr Excerpt kWhole{.first = 1'000'000'000};

std::string words_of(const HookCall& call) {
  std::string words = visible(call.driver);
  for (const std::string& word : script_arguments(call))
    words += ' ' + visible(shell_quoted(word));
  return words;
}

std::string verdict_of(const SimulatedStep& step) {
  if (step.answer.no_hook) return "no script";
  if (!step.failed) return "ok";
  if (!step.answer.failed) return "output refused";
  return step.answer.bad_directory ? "scripts' directory unreadable"
                                   : describe(step.answer.ending);
}

std::string scripts_of(const Answer& answer) {
  std::string words;
  for (const EngineRun& run : answer.runs)
    words += (words.empty() ? "" : ", ") + visible(run.script) + ' ' +
             duration_text(run.result.elapsed.count());
  return words;
}

}  // namespace

std::string outcome_of(const SimulatedStep& step) {
  if (step.answer.no_hook) return "no-hook";
  return step.failed ? "failed" : "ok";
}

void write_step(Output& output, const ToldStep& told) {
  const SimulatedStep& step = told.step;
  if (!step.call) {
    output.text("        libvirt " + step.text + "\n", Style::warning);
    return;
  }
  output.text(fmt::format("{:>6}  ", told.call ? std::to_string(*told.call) : "-"),
              Style::faint);
  output.text(fmt::format(
      "{:<44}  ",
      words_of(*step.call) +
          (told.side.empty() ? "" : " (on the " + std::string(told.side) + ")")));
  output.text(fmt::format("{:<14}", verdict_of(step)),
              step.failed ? Style::bad : Style::plain);
  const std::string scripts = scripts_of(step.answer);
  output.text((scripts.empty() ? "" : "  " + scripts) + "\n", Style::faint);
  if (told.seen != nullptr) write_effects(output, *told.seen, step.error);
  if (!step.text.empty())
    output.text("        libvirt " + step.text + "\n", Style::warning);
  if (!step.error.empty()) write_excerpt(output, step.error, kWhole, "          ", "");
}

}  // namespace hookjournal
