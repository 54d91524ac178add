#include "cli/install/status_text.h"

#include <fmt/format.h>

#include "cli/escape.h"
#include "cli/table.h"

namespace hookjournal {

namespace {

// "12.3 MiB"
std::string size_text(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  return fmt::format("{:.{}f} {}", size, unit == 0 ? 0 : 1, kUnits[unit]);
}

std::string journal_text(const JournalStatus& journal) {
  if (!journal.figures) return "cannot be read, see below";
  const auto& figures = *journal.figures;
  std::string text =
      fmt::format("{}, {} calls, ", size_text(figures.bytes), figures.calls);
  if (figures.last_call_ns)
    text += "the last at " + local_time(*figures.last_call_ns / 1'000'000'000);
  else
    text += "none yet";
  if (figures.running != 0) text += fmt::format(", {} running", figures.running);
  return text;
}

std::string gaps_text(const JournalStatus& journal) {
  if (!journal.figures) return "unknown";
  const auto& figures = *journal.figures;
  if (figures.gaps == 0) return "none";
  return fmt::format("{}, of them {} in the last week", figures.gaps,
                     figures.gaps_last_week);
}

std::string spool_text(const SpoolStatus& spool) {
  std::string text = visible(spool.folder.string()) + ": ";
  text += spool.files == 0 ? "empty"
                           : fmt::format("{} runs waiting since {}", spool.files,
                                         local_time(spool.oldest));
  if (spool.lost != 0) text += fmt::format(", {} runs lost", spool.lost);
  if (spool.deadline_misses != 0)
    text += fmt::format(", {} missed deadlines", spool.deadline_misses);
  return text;
}

void add(Output& output, const char* name, const std::string& value,
         Style style = Style::plain) {
  output.text(fmt::format("{:<10}  ", name));
  output.text(value, style);
  output.text("\n");
}

void add_recording(Output& output, const HooksStatus& hooks) {
  if (!hooks.installed) return add(output, "recording", "not installed", Style::warning);
  if (!hooks.disabled_since) return add(output, "recording", "enabled");
  add(output, "recording", "DISABLED since " + local_time(*hooks.disabled_since),
      Style::warning);
}

std::string how_text(const ScriptStatus& script) {
  std::string text = to_string(script.how);
  if (script.changed == true) text += ", changed since install";
  return text;
}

void add_scripts(Output& output, const HooksStatus& hooks) {
  output.text("\n");
  if (hooks.scripts.empty()) return output.text("libvirt finds no scripts here.\n");
  Table table(output, {{"SCRIPT"}, {"RECORDED"}, {"HOW"}});
  for (const auto& script : hooks.scripts) {
    const bool recorded = script.how != ScriptStatus::How::not_recorded;
    table.add({{visible(script.path)},
               {recorded ? "yes" : "NO", recorded ? Style::plain : Style::warning},
               {recorded ? how_text(script) : "see below",
                script.needs_person ? Style::warning : Style::plain}});
  }
  table.finish();
}

}  // namespace

void write_status(const HooksStatus& hooks, const JournalStatus& journal,
                  Output& output) {
  add(output, "hooks", visible(hooks.hooks_dir.string()));
  add_recording(output, hooks);
  add(output, "journal", visible(journal.file.string()));
  add(output, "", journal_text(journal));
  add(output, "gaps", gaps_text(journal));
  for (const auto& spool : journal.spools) add(output, "spool", spool_text(spool));
  add_scripts(output, hooks);
  if (hooks.findings.empty() && journal.findings.empty())
    return output.text("\nNothing needs a person.\n");
  output.text("\nNeeds a person:\n", Style::warning);
  for (const auto* findings : {&hooks.findings, &journal.findings})
    for (const auto& finding : *findings)
      output.text("- " + visible(finding, Keep::lines) + "\n");
}

}  // namespace hookjournal
