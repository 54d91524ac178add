#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <set>
#include <sstream>

#include "cli/asking/running/running_script.h"
#include "engine/config.h"
#include "engine/discovery.h"
#include "engine/small_file.h"
#include "journal/witness.h"

namespace hookjournal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kRecorder = "/hookjournal-hook";

bool is_there(const ProcessId& process) {
  const auto there = process_with(process.pid);
  return there && *there == process;
}

// Where the caller's pid means something.
bool caller_there(const RunningScript& running) {
  return running.sight == RecorderSight::elsewhere || is_there(running.caller.process);
}

void look_at_processes(RunningScript& running, const ProcessScene& scene, pid_t writer) {
  running.caller_there = caller_there(running);
  if (running.sight != RecorderSight::there) return;
  running.processes = scene.below(running.recorder.pid, writer);
  running.script_ended =
      std::ranges::all_of(running.processes, &SeenProcess::left_behind);
  running.causes = hang_causes(running);
  running.printed = output_so_far(writer);
}

RunningScript described(const UnfinishedRun& run, const CallRecord& call,
                        RecorderSight sight) {
  return {.call_id = call.id,
          .call = {.driver = call.driver,
                   .object = call.object,
                   .operation = call.operation,
                   .suboperation = call.suboperation,
                   .extra = call.extra,
                   .input = {}},
          .script = run.start.script,
          .host = call.host,
          .object_uuid = call.object_uuid,
          .since_ns = run.start.at.wall_ns,
          .origin = run.start.origin,
          .recorder = run.start.recorder,
          .caller = run.start.context.caller,
          .sight = sight};
}

std::set<std::int64_t> chosen_calls(JournalReader& journal,
                                    const std::vector<UnfinishedRun>& runs,
                                    Selection selection) {
  const auto asked = std::move(selection.calls);
  selection.calls.clear();
  for (const UnfinishedRun& run : runs) {
    const auto among = [&run](const Selection::Range& range) {
      return run.call >= range.first && run.call <= range.last;
    };
    if (asked.empty() || std::ranges::any_of(asked, among))
      selection.calls.push_back({run.call, run.call});
  }
  if (selection.calls.empty()) return {};
  const auto ids = journal.call_ids(selection);
  return {ids.begin(), ids.end()};
}

// The words of a recorder's command line, its own name first.
std::vector<std::string> words_of(pid_t pid) {
  std::istringstream text(
      read_small_file("/proc/" + std::to_string(pid) + "/cmdline").value_or(""));
  std::vector<std::string> words;
  for (std::string word; std::getline(text, word, '\0');) words.push_back(word);
  return words;
}

std::int64_t start_of(const ProcessStat& process) {
  const Moment moment = now();
  const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const auto after_boot = static_cast<std::int64_t>(
      process.start_ticks * (1'000'000'000ULL / ticks_per_second));
  return moment.wall_ns - moment.boot_ns + after_boot;
}

// Of this journal's, by the configuration beside its script.
bool records_into(const fs::path& hooks_dir, const fs::path& journal) {
  std::error_code unknown;
  const fs::path configured = load_config(hooks_dir).journal;
  return configured == journal || fs::equivalent(configured, journal, unknown);
}

// The kernel starts a recorder as hookjournal-hook WORDS SCRIPT ARGUMENTS...; it is no
// process that writes, which has a session of its own.
std::optional<RunningScript> unrecorded(const ProcessStat& process,
                                        const fs::path& journal) {
  constexpr std::size_t kScript = 2, kArguments = 4;
  if (process.session == process.pid || process.state == 'Z') return {};
  if (!process_link(process.pid, "exe").ends_with(kRecorder)) return {};
  std::vector<std::string> words = words_of(process.pid);
  if (words.size() <= kScript) return {};
  const ScriptPlace place = place_of(words[kScript]);
  if (!records_into(place.hooks_dir, journal)) return {};
  words.erase(words.begin(), words.begin() + kScript + 1);
  words.resize(std::max(words.size(), kArguments), "-");
  RunningScript running{.call = {.driver = place.driver,
                                 .object = words[0],
                                 .operation = words[1],
                                 .suboperation = words[2],
                                 .extra = words[3],
                                 .input = {}},
                        .script = place.name,
                        .since_ns = start_of(process),
                        .recorder = {process.pid, process.start_ticks},
                        .caller = identify_caller(process.parent)};
  running.origin = origin_of(running.caller);
  return running;
}

// Its writer is a child that is the same program.
pid_t writer_of(const ProcessScene& scene, pid_t recorder) {
  for (const ProcessStat& process : scene.processes())
    if (process.parent == recorder && process.session == process.pid &&
        process_link(process.pid, "exe").ends_with(kRecorder))
      return process.pid;
  return 0;
}

bool chosen(const RunningScript& running, const Selection& selection) {
  const auto among = [](const std::vector<std::string>& asked, const std::string& value) {
    return asked.empty() || std::ranges::find(asked, value) != asked.end();
  };
  Selection more = selection;
  more.drivers = more.objects = more.operations = more.scripts = {};
  return !narrows(more) && among(selection.drivers, running.call.driver) &&
         among(selection.objects, running.call.object) &&
         among(selection.operations, running.call.operation) &&
         among(selection.scripts, running.script);
}

}  // namespace

std::vector<RunningScript> running_scripts(JournalReader& journal,
                                           const std::string& journal_file,
                                           const Selection& selection) {
  // First /proc: a run that ends in between is in the journal then.
  const ProcessScene scene;
  const auto runs = unfinished_runs(journal.database(), journal.blobs());
  const auto calls = chosen_calls(journal, runs, selection);
  const std::string boot = boot_id();
  const std::uint64_t pids = pid_namespace();
  std::vector<RunningScript> found;
  std::set<pid_t> known;
  for (const UnfinishedRun& run : runs) {
    const RecorderSight sight = sight_of(run, boot, pids);
    if (sight == RecorderSight::there) known.insert(run.start.recorder.pid);
    if (!run.start.within.empty() || !calls.contains(run.call)) continue;
    const auto call = journal.call(run.call);
    if (!call) continue;
    found.push_back(described(run, *call, sight));
    look_at_processes(found.back(), scene, run.start.writer.pid);
  }
  for (const ProcessStat& process : scene.processes()) {
    if (known.contains(process.pid)) continue;
    auto running = unrecorded(process, journal_file);
    if (!running || !chosen(*running, selection)) continue;
    // It may have been recorded, or have ended, since the journal was asked.
    if (!is_there(running->recorder)) continue;
    look_at_processes(*running, scene, writer_of(scene, process.pid));
    found.push_back(std::move(*running));
  }
  std::ranges::sort(found, {}, &RunningScript::since_ns);
  return found;
}

}  // namespace hookjournal
