#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/asking/cause_words.h"
#include "cli/asking/host_calls.h"
#include "cli/call_choice.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/journal_option.h"
#include "cli/output.h"
#include "cli/selection_options.h"
#include "cli/time_text.h"
#include "journal/asking/call_json.h"
#include "journal/asking/failures.h"

namespace hookjournal {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExample =
    "Failed calls are of one group when the same script failed last in them, ended the\n"
    "same way, and its last lines on stderr are the same once everything is masked that\n"
    "differs from call to call. --rules lists what is masked; --why tells for one call\n"
    "what was. A group goes on happening to the guests for whom the same operation has\n"
    "not succeeded since.\n"
    "\n"
    "example: what is new since yesterday, and why the last of it failed\n"
    "  hookjournal failures --since yesterday\n"
    "  hookjournal explain 4711\n";

// Names of guests are told until there are many.
constexpr std::size_t kMostNamed = 8;

std::string joined(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + visible(names[i]);
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

std::string counted(std::uint64_t count, const char* one, const char* several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

void write_group(Output& output, const FailureGroup& group) {
  output.text(fmt::format("{}  ", group.cause.id()), Style::faint);
  if (group.is_new) output.text("new: ", Style::warning);
  output.text(cause_title(group.cause), Style::heading);
  output.text("\n");
  for (const std::string& line : group.cause.lines) {
    output.text("          ");
    output.text("| ", Style::faint);
    output.text(visible(line) + "\n");
  }
  output.text(
      fmt::format("          {}, {} of {}: {}\n", counted(group.count, "call", "calls"),
                  joined(group.operations, kMostNamed), joined(group.drivers, kMostNamed),
                  joined(group.objects, kMostNamed)));
  output.text(fmt::format("          first {} (call {}), last {} (call {})\n",
                          local_time_text(group.first_ns), group.first_call,
                          local_time_text(group.last_ns), group.last_call));
  if (group.still.empty())
    output.text("          each has succeeded since\n", Style::faint);
  else
    output.text("          no success since: " + joined(group.still, kMostNamed) + "\n",
                Style::bad);
}

Json moment(std::int64_t call, std::int64_t at_ns) {
  return {{"call", call}, {"at", utc_time_text(at_ns)}};
}

std::string group_to_json(const FailureGroup& group) {
  const Json json = {{"group", group.cause.id()},
                     {"script", group.cause.script},
                     {"ending", ending_json(group.cause.ending)},
                     {"lines", group.cause.lines},
                     {"printed", group.printed},
                     {"rules", group.rules},
                     {"count", group.count},
                     {"new", group.is_new},
                     {"first", moment(group.first_call, group.first_ns)},
                     {"last", moment(group.last_call, group.last_ns)},
                     {"drivers", group.drivers},
                     {"operations", group.operations},
                     {"objects", group.objects},
                     {"still_failing", group.still}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

void write_rules(Output& output) {
  for (const MaskRule* rule = kMaskRules; !rule->name.empty(); ++rule)
    output.text(fmt::format("{:<8} {:<8} {}\n", rule->name,
                            rule->mask.empty() ? "-" : rule->mask, rule->what));
}

std::string what_rule_does(std::string_view name) {
  for (const MaskRule* rule = kMaskRules; !rule->name.empty(); ++rule)
    if (rule->name == name)
      return fmt::format("{}: {} {}", name, rule->what,
                         rule->mask.empty() ? std::string("are left out")
                                            : fmt::format("-> {}", rule->mask));
  return std::string(name);
}

void write_why(Output& output, const FailedCall& call) {
  output.text(fmt::format("call {} is of group {}\n", call.id, call.cause.id()),
              Style::heading);
  output.text("  " + cause_title(call.cause) + "\n");
  for (std::size_t i = 0; i < call.lines.printed.size(); ++i) {
    output.text("  printed  " + visible(call.lines.printed[i]) + "\n");
    output.text("  read as  " + visible(call.lines.masked[i]) + "\n", Style::faint);
  }
  if (call.lines.printed.empty()) output.text("  it printed nothing on stderr\n");
  for (const std::string_view rule : call.lines.rules)
    output.text("  rule     " + what_rule_does(rule) + "\n");
}

std::string why_to_json(const FailedCall& call) {
  const Json json = {{"call", call.id},
                     {"group", call.cause.id()},
                     {"script", call.cause.script},
                     {"ending", ending_json(call.cause.ending)},
                     {"printed", call.lines.printed},
                     {"lines", call.lines.masked},
                     {"rules", call.lines.rules}};
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

FailedCall failed_or_usage_error(JournalReader& journal, std::int64_t id) {
  if (const auto call = FailureReader(journal).read(id)) return *call;
  const CallRecord call = call_or_usage_error(journal, id);
  throw UsageError(fmt::format("call {} has not failed: its outcome is {}", id,
                               to_string(call.outcome)));
}

struct Wanted {
  Selection selection;
  std::string group;
  std::int64_t why = 0;  // a call, or 0
  bool json = false;
};

// How many groups there were.
std::size_t write_groups(JournalReader& journal, const Wanted& wanted, Output& output) {
  auto groups = failure_groups(journal, wanted.selection);
  if (!wanted.group.empty())
    std::erase_if(groups, [&wanted](const FailureGroup& group) {
      return group.cause.id() != wanted.group;
    });
  for (const FailureGroup& group : groups) {
    if (wanted.json) {
      output.bytes(group_to_json(group) + "\n");
      continue;
    }
    if (&group != &groups.front()) output.text("\n");
    write_group(output, group);
  }
  return groups.size();
}

}  // namespace

int run_failures(int argc, char** argv) {
  CommandLine line("Group failed calls by what they failed of.", kExample);
  Wanted wanted;
  line.add_option("--group", wanted.group, "Only this group, by its number").takes("ID");
  const Option why =
      line.add_option("--why", wanted.why, "What put this call into its group")
          .takes("CALL")
          .check(wrong_call_number);
  bool rules = false, no_pager = false;
  line.add_flag("--rules", rules, "List the rules by which error lines are masked")
      .excludes(why);
  SelectionOptions options(line);
  JournalOption journal_option(line);
  line.add_flag("--json", wanted.json, "One object a line, for programs");
  line.add_flag("--no-pager", no_pager, "Write to the terminal, however much it is");
  if (const auto status = line.parse(argc, argv)) return *status;

  const auto paging = no_pager ? Output::Paging::never : Output::Paging::when_on_terminal;
  if (rules) {
    write_output(paging, write_rules);
    return 0;
  }
  const Selection asked = options.selection(now().wall_ns);
  wanted.selection = host_calls(asked, journal_option);
  JournalReader journal(journal_option.file());
  std::size_t found = 1;
  write_output(paging, [&](Output& output) {
    if (wanted.why == 0) {
      found = write_groups(journal, wanted, output);
      return;
    }
    const FailedCall call = failed_or_usage_error(journal, wanted.why);
    if (wanted.json)
      output.bytes(why_to_json(call) + "\n");
    else
      write_why(output, call);
  });
  if (wanted.why == 0) {
    Selection failed = asked;
    failed.outcomes = {Outcome::failed};
    tell_of_left_out(journal, failed, journal_option);
  }
  if (found == 0 && !wanted.json)
    std::fprintf(stderr, "hookjournal: no recorded failure is like that\n");
  return 0;
}

}  // namespace hookjournal
