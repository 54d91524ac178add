#include "cli/replay/cross_check_text.h"

#include <fmt/format.h>

#include "cli/escape.h"
#include "cli/wrapped_text.h"
#include "replay/forensics/cross_check.h"

namespace hookjournal {

namespace {

using Finding = CrossCheck::Finding;

std::string verdict_words(const CrossCheck& check, const std::string& call) {
  switch (check.verdict) {
    case Finding::scripts:
      return "The scripts decide it: with those of " + call +
             " it succeeds, and with its own it fails" +
             (check.same_xml ? "." : ", whichever of the two XMLs they read.");
    case Finding::xml:
      return "The XML decides it: with that of " + call +
             " it succeeds, and with its own it fails" +
             (check.same_scripts
                  ? "; the scripts are the same for both."
                  : ", whichever of the two versions of the scripts reads it.");
    case Finding::either:
      return "Both changes are needed for the failure: with the scripts of " + call +
             " or with its XML, either of them, it succeeds.";
    case Finding::both:
      return "Each of the two makes it fail: only with the scripts and the XML of " +
             call + " it succeeds.";
    case Finding::neither:
      return "Neither the scripts nor the XML: with those of " + call +
             " it fails in the sandbox in the same way. What made the difference then "
             "is not in them, or is different on this host now.";
    case Finding::not_reproduced:
      return "Not reproduced: with its own scripts and XML it succeeds in the sandbox. "
             "What made it fail is not in them alone; what the host was like then is "
             "not in the sandbox.";
    case Finding::inconclusive:
      break;
  }
  return "Inconclusive: " + visible(check.why) + ".";
}

}  // namespace

void write_cross_check(Output& output, const CrossCheck& check,
                       const CallRecord& success) {
  const std::string call = "call " + std::to_string(success.id);
  output.text("\nrun again in a sandbox, with its own scripts and XML and those of " +
                  call + "\n",
              Style::heading);
  write_wrapped(output, verdict_words(check, call), "  ", "  ");
  for (const CrossCheck::Cell& cell : check.cells) {
    const bool told_before =
        (!cell.scripts_then && check.same_scripts) || (!cell.xml_then && check.same_xml);
    if (told_before) continue;
    const Style style = cell.outcome.succeeded() ? Style::good
                        : cell.outcome.failed()  ? Style::bad
                                                 : Style::warning;
    output.text(fmt::format("  {:<24}{:<20}",
                            cell.scripts_then ? "its own scripts" : "scripts of " + call,
                            cell.xml_then ? "its own XML" : "XML of " + call));
    output.text(visible(outcome_words(cell.outcome)) + "\n", style);
    if (cell.outcome.failed() && !cell.outcome.as_recorded)
      output.text("      otherwise than recorded\n", Style::warning);
    else if (cell.outcome.failed() && !cell.outcome.same_words)
      output.text("      with other last words than recorded\n", Style::warning);
  }
  if (check.scripts_only)
    write_wrapped(output,
                  call + " is another guest's: only its scripts were tried, not its XML.",
                  "  ", "  ");
  else if (check.same_xml)
    output.text("  The XML is the same for both.\n");
  std::string names;
  for (const std::string& name : check.simulated())
    names += (names.empty() ? "" : ", ") + visible(name);
  if (!names.empty())
    write_wrapped(output, "Stand-ins answered for " + names + "; --stubs says what.",
                  "  ", "  ", Style::faint);
  for (const std::string& note : check.notes)
    write_wrapped(output, "note: " + visible(note), "  ", "    ", Style::faint);
}

}  // namespace hookjournal
