#include "cli/calling/effects_tally.h"

#include "cli/escape.h"
#include "cli/replay/change_words.h"
#include "replay/commands_not_found.h"
#include "replay/comparison/command_comparison.h"

namespace hookjournal {

namespace {

// Different ones, of each kind; names with a guest's own in them have no end.
constexpr std::size_t kMostKept = 200, kMostShown = 12;

void count(std::map<std::string, std::int64_t>& counts, const std::string& name) {
  if (counts.size() < kMostKept || counts.contains(name)) ++counts[name];
}

}  // namespace

void EffectsTally::add(const std::vector<ObservedRun>& runs) {
  for (const ObservedRun& run : runs) {
    for (const Command& command : run.effects.commands)
      if (command.simulated) count(simulated_, command_name(command));
    for (const std::string& name : commands_not_found(run.result.err))
      count(not_found_, name);
    for (const Attempt& attempt : run.effects.attempts) count(blocked_, attempt.target);
    for (const std::string& trouble : run.effects.trouble) count(trouble_, trouble);
    timed_out_ += run.effects.timed_out ? 1 : 0;
  }
}

void EffectsTally::write(Output& output, const char* title, const Counts& counts) const {
  if (counts.empty()) return;
  std::string text;
  std::size_t shown = 0;
  for (const auto& [name, times] : counts) {
    if (++shown > kMostShown) break;
    text += (text.empty() ? "" : ", ") + visible(name);
    if (times > 1) text += " (" + grouped(times) + " times)";
  }
  if (counts.size() > kMostShown)
    text += ", and " + std::to_string(counts.size() - kMostShown) + " more";
  output.text(std::string(title) + ": " + text + "\n");
}

void EffectsTally::write(Output& output, const std::vector<std::string>& lacking) const {
  write(output, "stand-ins answered for", simulated_);
  write(output, "commands that were not found", not_found_);
  Counts others;
  for (const std::string& command : lacking)
    if (!not_found_.contains(command)) others[command] = 1;
  write(output, "the scripts also call what this host lacks", others);
  write(output, "kept from the outside", blocked_);
  write(output, "trouble", trouble_);
  if (timed_out_ > 0)
    output.text("killed at the time limit: " + counted(timed_out_, "script") + "\n",
                Style::bad);
}

}  // namespace hookjournal
