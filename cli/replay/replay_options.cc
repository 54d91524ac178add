#include "cli/replay/replay_options.h"

#include <optional>
#include <utility>

#include "cli/calling/for_real.h"
#include "cli/calling/sandbox_options.h"
#include "cli/calling/sandbox_settings.h"
#include "cli/command_line.h"
#include "cli/escape.h"
#include "cli/install/image_root.h"
#include "cli/replay/good_neighbour.h"
#include "cli/time_text.h"
#include "engine/error.h"
#include "engine/libvirt_message.h"
#include "replay/comparison/maskers.h"

namespace hookjournal {

ReplayOptions::ReplayOptions(CommandLine& line) : selection_(line), journal_(line) {
  line.add_option("--scripts", scripts_, "The candidate: a directory of hook scripts")
      .required()
      .takes("DIR");
  add_comparison(line);
  add_sandbox(line);
  add_reports(line);
}

void ReplayOptions::add_comparison(CommandLine& line) {
  const std::string group = "Comparison";
  line.add_option("--baseline", baseline_,
                  "Compare with these scripts, not with those that were recorded")
      .takes("DIR")
      .group(group);
  line.add_option("--ignore", ignore_,
                  "Leave out what fits: 'stderr REGEX', 'stdout REGEX',\n"
                  "'files GLOB', 'commands GLOB', 'network GLOB'; may be repeated")
      .takes("RULE")
      .one_at_a_time()
      .group(group);
  line.add_option("--slower-by", slower_by_,
                  "A call has changed when it takes so much longer; " + slower_by_)
      .takes("DURATION")
      .group(group);
  line.add_flag("--each-call-alone", alone_,
                "A fresh sandbox for each call, not for each lifecycle")
      .group(group);
  line.add_option("--fail-on", fail_on_,
                  "What makes the exit status 1: changed (the default), drift\n"
                  "(that too), consequence (only if libvirt would do something else)")
      .takes("WHAT")
      .group(group);
  line.add_flag("--allow-inconclusive", allow_inconclusive_,
                "Calls that could not be judged do not make it 1")
      .group(group);
}

void ReplayOptions::add_sandbox(CommandLine& line) {
  add_sandbox_options(line, timeout_, stubs_, links_);
  const std::string group = "Sandbox";
  line.add_option("--jobs", jobs_,
                  "So many lifecycles at a time, each in three sandboxes;\n"
                  "one beside running guests, else one a core")
      .takes("N")
      .range(1U, 1024U)
      .group(group);
  line.add_flag("--full-speed", full_speed_,
                "Compete with the guests of this host for processor and disk")
      .group(group);
  line.add_option("--keep", keep_,
                  "Of one --call: leave what was written in the sandboxes\n"
                  "there, and a script that reproduces it")
      .takes("DIR")
      .group(group);
  line.add_flag("--no-sandbox", no_sandbox_,
                "With --for-real: run the scripts on this machine, uncontained")
      .group(group);
  line.add_flag("--for-real", for_real_, "See --no-sandbox").group(group);
}

void ReplayOptions::add_reports(CommandLine& line) {
  const std::string group = "Reports";
  line.add_flag("--show", reports_.show, "Every finding in full, before the summary")
      .group(group);
  line.add_flag("--json", reports_.json, "One object a line, for programs").group(group);
  line.add_option("--junit", reports_.junit, "JUnit XML, for CI servers; - is stdout")
      .takes("FILE")
      .group(group);
  line.add_option("--markdown", reports_.markdown, "For a merge request; - is stdout")
      .takes("FILE")
      .group(group);
  line.add_flag("--no-pager", no_pager_, "Write to the terminal, however much it is")
      .group(group);
}

void ReplayOptions::check(const Selection& selection) const {
  fail_on();
  script_time_limit(timeout_);
  duration("--slower-by", slower_by_);
  for (const std::string& rule : ignore_) check_ignore_rule(rule);
  const int on_stdout = (reports_.json ? 1 : 0) + (reports_.junit == "-" ? 1 : 0) +
                        (reports_.markdown == "-" ? 1 : 0);
  if (on_stdout > 1)
    throw UsageError("--json, --junit - and --markdown - all want standard output");
  if (no_sandbox_ && !for_real_)
    throw UsageError(
        "--no-sandbox runs the scripts on this machine, three times each, and they do "
        "for real what they do when libvirt calls them. If that is what you want, say "
        "--no-sandbox --for-real. Nothing was run");
  if (no_sandbox_ && !keep_.empty())
    throw UsageError(
        "--keep keeps what a sandbox holds; with --no-sandbox there is none");
  if (for_real_ && !no_sandbox_)
    throw UsageError("--for-real goes with --no-sandbox; in a sandbox nothing is real");
  if (!keep_.empty()) {
    const auto& calls = selection.calls;
    if (calls.size() != 1 || calls.front().first != calls.front().last)
      throw UsageError("--keep is for one call: it goes with --call N");
  }
}

FailOn ReplayOptions::fail_on() const {
  for (const FailOn what : {FailOn::changed, FailOn::drift, FailOn::consequence})
    if (fail_on_ == to_string(what)) return what;
  throw UsageError("--fail-on '" + visible(fail_on_) +
                   "': it must be one of changed, drift, consequence");
}

std::int64_t ReplayOptions::duration(const char* option, const std::string& text) const {
  if (const auto ns = parse_duration(text)) return *ns;
  throw UsageError(std::string(option) + " '" + visible(text) +
                   "': it is no duration; durations are written 500ms, 2s, 1m30s");
}

ReplayPlan ReplayOptions::plan(const Selection& selection) const {
  ReplayPlan plan;
  plan.selection = selection;
  // Only among real events are simulated ones out of place.
  if (plan.selection.origins.empty() && !journal_.is_production())
    plan.selection.origins = {Origin::libvirt, Origin::run, Origin::simulate,
                              Origin::other};
  plan.candidate = tree_of_directory(scripts_directory(scripts_));
  if (!baseline_.empty()) plan.baseline = tree_of_directory(scripts_directory(baseline_));
  plan.each_call_alone = alone_;
  plan.with_links = links_;
  plan.slower_ns = duration("--slower-by", slower_by_);
  plan.maskers.ignore = ignore_;
  return plan;
}

SandboxSettings ReplayOptions::sandbox() const {
  return sandbox_settings(script_time_limit(timeout_), stubs_);
}

unsigned ReplayOptions::jobs() const {
  if (!keep_.empty()) return 1;
  return jobs_ > 0 ? jobs_ : default_jobs();
}

std::string ReplayOptions::again(Paths paths) const {
  std::string words;
  const auto path = [paths](const std::string& given) {
    return paths == Paths::as_given ? given : absolute_path(given).string();
  };
  const auto add = [&words](const char* option, const std::string& value) {
    words += std::string(" ") + option + " " + shell_quoted(value);
  };
  if (!baseline_.empty()) add("--baseline", path(baseline_));
  for (const std::string& rule : ignore_) add("--ignore", rule);
  if (slower_by_ != kSlowerBy) add("--slower-by", slower_by_);
  if (timeout_ != kUsualTimeLimit) add("--timeout", timeout_);
  if (!stubs_.empty()) add("--stubs", path(stubs_));
  if (alone_) words += " --each-call-alone";
  if (links_) words += " --links";
  if (no_sandbox_) words += " --no-sandbox --for-real";
  if (paths == Paths::as_given) return words + journal_.repeated();
  add("--journal", path(journal_.file()));
  return words;
}

ReportContext ReplayOptions::context(std::int64_t now_ns) const {
  std::optional<SandboxConditions> conditions;
  if (!no_sandbox_) conditions = sandbox_conditions(sandbox().limits);
  return {.scripts = scripts_,
          .baseline = baseline_,
          .again = " --scripts " + shell_quoted(scripts_) + again(Paths::as_given),
          .journal = journal_.repeated(),
          .rule = {fail_on(), allow_inconclusive_},
          .sandbox = std::move(conditions),
          .now_ns = now_ns};
}

std::string ReplayOptions::kept_command(std::int64_t call) const {
  return "hookjournal replay --call " + std::to_string(call) +
         " --scripts \"$here\"/scripts" + again(Paths::absolute) + " --show";
}

}  // namespace hookjournal
