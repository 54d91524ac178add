#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "cli/calling/sandbox_settings.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/escape.h"
#include "cli/replay/good_neighbour.h"
#include "cli/replay/kept_legs.h"
#include "cli/replay/replay_options.h"
#include "cli/replay/selection_words.h"
#include "engine/error.h"
#include "journal/facts.h"
#include "replay/recorded_scripts.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"

namespace hookjournal {

namespace {

constexpr const char* kExplanation =
    "Runs recorded calls again in a sandbox: twice with the scripts as they were "
    "recorded,\n"
    "once with those of --scripts, and tells what these do differently: answers, "
    "commands,\n"
    "files, network. Nothing outside of the sandbox is touched.\n"
    "\n"
    "exit: 0 nothing changed that nobody has accepted, 1 something did (see --fail-on),\n"
    "2 usage, or no call to replay, 3 trouble\n"
    "\n"
    "example: what would these scripts do to the guests of the last week, and one call\n"
    "in full\n"
    "  hookjournal replay --scripts ./hooks.new --since 7d --driver qemu\n"
    "  hookjournal replay --scripts ./hooks.new --call 4711 --show\n";

void check_not_empty(JournalReader& journal, const Selection& selection) {
  if (journal.count_calls(selection) > 0) return;
  throw UsageError("there is nothing to replay: no recorded call is like " +
                   selection_words(selection) + "; the journal holds " +
                   journal_words(journal));
}

// Where the newest selected call found its scripts, if that is a directory here.
std::optional<ScriptsTree> installed_scripts(JournalReader& journal,
                                             Selection selection) {
  selection.last = 1;
  std::string hooks_dir;
  journal.for_each_call(selection, [&hooks_dir](const CallRecord& call) {
    hooks_dir = call.context.hooks_dir;
  });
  try {
    return tree_of_directory(hooks_dir);
  } catch (const Error&) {
    return {};  // the journal may be another host's
  }
}

// Stand-ins also for what the old scripts call and this host lacks: they did run, so it
// was there. A name that only the candidate knows may be a slip of the pen, and must
// fail.
SandboxSettings settings_for(JournalReader& journal, const ReplayPlan& plan,
                             const ReplayOptions& options) {
  SandboxSettings settings = options.sandbox();
  if (options.without_sandbox()) return settings;
  RecordedScripts old = recorded_scripts(journal, plan.selection, plan.elsewhere());
  if (plan.baseline) old.texts = texts_of(*plan.baseline);
  provide_stand_ins(settings,
                    missing_commands(old.texts, old.path_variable, old.hooks_dir),
                    old.path_variable);
  return settings;
}

std::vector<std::unique_ptr<SandboxMaker>> make_makers(const ReplayOptions& options,
                                                       const SandboxSettings& settings) {
  std::vector<std::unique_ptr<SandboxMaker>> makers;
  for (unsigned i = 0; i < options.jobs(); ++i)
    makers.push_back(options.without_sandbox() ? make_bare_runner()
                                               : make_sandbox_maker(settings));
  return makers;
}

// 2 when every call of the selection was left out: that is as good as an empty one.
int status_of(const ReplaySummary& summary, const PassRule& rule) {
  if (summary.coverage.calls == 0) return 2;
  return exit_status_of(summary, rule);
}

void tell_of_empty(const ReplaySummary& summary) {
  std::fputs("hookjournal: nothing was replayed, as every selected call was left out:\n",
             stderr);
  for (const auto& [reason, calls] : summary.coverage.left_out)
    std::fprintf(stderr, "  %lld: %s\n", static_cast<long long>(calls),
                 visible(reason).c_str());
}

// Most likely another directory was meant, or the execute bits are gone.
void warn_of_no_scripts(const ScriptsTree& candidate) {
  const bool any = std::ranges::any_of(
      candidate.files,
      [](const ScriptsTree::File& file) { return (file.mode & 0111) != 0; });
  if (!any)
    std::fprintf(
        stderr,
        "hookjournal: the directory of --scripts has no executable file: libvirt "
        "would run nothing of it\n");
}

int replay_and_report(JournalReader& journal, const ReplayPlan& plan,
                      const std::vector<SandboxMaker*>& makers,
                      const ReplayOptions& options, std::int64_t now_ns) {
  const ReportContext context = options.context(now_ns);
  const auto paging =
      options.no_pager() ? Output::Paging::never : Output::Paging::when_on_terminal;
  int status = 0;
  ReplaySummary summary;
  write_output(paging, [&](Output& output) {
    ReplayReports reports(output, context, options.reports());
    summary = replay(journal, plan, makers, reports.listener());
    status = status_of(summary, context.rule);
    reports.finish(summary, status);
  });
  if (summary.coverage.calls == 0) tell_of_empty(summary);
  return status;
}

}  // namespace

int run_replay(int argc, char** argv) {
  CommandLine line("Run recorded calls again with other scripts, and compare.",
                   kExplanation);
  ReplayOptions options(line);
  if (const auto status = line.parse(argc, argv)) return *status;

  const std::int64_t now_ns = now().wall_ns;
  const Selection selection = options.selection(now_ns);
  options.check(selection);
  JournalReader journal(options.journal_file());
  check_not_empty(journal, selection);
  ReplayPlan plan = options.plan(selection);
  plan.installed = installed_scripts(journal, selection);
  warn_of_no_scripts(plan.candidate);
  if (options.without_sandbox())
    std::fputs(
        "hookjournal: without a sandbox: the scripts act on this machine, and of what "
        "they do only endings and output are compared\n",
        stderr);
  if (!options.full_speed()) be_a_good_neighbour();
  // Before there are threads: they fork.
  const auto makers = make_makers(options, settings_for(journal, plan, options));
  std::vector<SandboxMaker*> used;
  used.reserve(makers.size());
  for (const auto& maker : makers) used.push_back(maker.get());
  if (options.keep().empty())
    return replay_and_report(journal, plan, used, options, now_ns);

  KeptLegs kept(*used.front(), plan.candidate, options.keep());
  const int status = replay_and_report(journal, plan, {&kept}, options, now_ns);
  kept.write_reproduction(options.kept_command(selection.calls.front().first));
  std::fprintf(stderr, "hookjournal: kept in %s; reproduce.sh there runs it again\n",
               visible(options.keep()).c_str());
  return status;
}

}  // namespace hookjournal
