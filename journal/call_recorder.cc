#include "journal/call_recorder.h"

#include <unistd.h>

#include <utility>

#include "engine/error.h"
#include "journal/journal_room.h"
#include "journal/run_report.h"
#include "journal/spool.h"
#include "journal/witness.h"

namespace hookjournal {

namespace {

// Nobody waits for us who could not wait for another's transaction.
constexpr std::chrono::milliseconds kLockPatience{10'000};

std::filesystem::path with_room(const CallRecorder::Setting& setting) {
  if (const auto full = no_room(setting.journal, setting.config.journal_cap))
    throw Error("cannot record in " + setting.journal.string() + ": " + *full);
  return setting.journal;
}

Context context_of(const CallRecorder::Setting& setting) {
  std::vector<const char*> environment;
  for (const std::string& entry : setting.environment)
    environment.push_back(entry.c_str());
  environment.push_back(nullptr);
  Context context = gather_context(::getpid(), environment.data());
  context.hooks_dir = setting.seen_as.empty() ? setting.hooks_dir : setting.seen_as;
  return context;
}

}  // namespace

CallRecorder::CallRecorder(Setting setting)
    : setting_(std::move(setting)),
      journal_(with_room(setting_), kLockPatience),
      context_(context_of(setting_)),
      self_(process_with(::getpid()).value_or(ProcessId{::getpid(), 0})) {}

CallRecorder::Run CallRecorder::describe(const HookCall& call, const std::string& script,
                                         const std::optional<std::string>& input,
                                         const std::vector<std::string>& planned) const {
  Run run{{}, CapturedStreams(setting_.config.stream_cap), {}, {}, {}};
  run.start.at = now();
  run.start.uuid = new_uuid(run.start.at.wall_ns);
  run.start.script = script;
  run.start.arguments = script_arguments(call);
  run.start.planned = planned;
  run.start.origin = setting_.origin;
  run.start.recorder = run.start.writer = self_;
  run.start.context = context_;
  run.streams.has_input = input.has_value();
  if (input) run.streams.take_input(*input);
  run.tree = list_tree(setting_.hooks_dir, setting_.config.watch);
  return run;
}

CallRecorder::~CallRecorder() {
  try {
    if (any_recorded_) journal_.make_durable();
    journal_.checkpoint_if_long();
  } catch (const Error&) {
    // The next hook or `maintain` does it.
  }
}

void CallRecorder::starting(const HookCall& call, const std::string& script,
                            const std::optional<std::string>& input,
                            const std::vector<std::string>& planned) {
  if (script == planned.front()) call_.reset();
  run_ = describe(call, script, input, planned);
  try {
    record_start();
    any_recorded_ = true;
  } catch (const Error& error) {
    if (!any_recorded_) throw;
    run_->refused = error.what();
  }
}

void CallRecorder::record_start() {
  const auto tree =
      journal_.trees().scan(run_->tree, setting_.hooks_dir, run_->start.at.wall_ns);
  std::optional<KeptStream> input;
  if (run_->streams.has_input) {
    CapturedStreams copy = run_->streams;  // the end redacts again, knowing more
    redact(copy);
    input = copy.in.stream();
  }
  run_->id = journal_.start(run_->start, input, tree);
  if (!call_) call_ = run_->id;
  // A script may take the host down: its start is on disk before.
  settle();
}

void CallRecorder::ended(const HookCall&, const std::string&,
                         const ScriptResult& result) {
  RunEnded end = end_facts(result, run_->start.at);
  run_->streams.out.add(result.out);
  run_->streams.err.add(result.err);
  redact(run_->streams);
  end.out = run_->streams.out.stream();
  end.err = run_->streams.err.stream();
  try {
    record_end(end);
  } catch (const Error& error) {
    keep_elsewhere(end, error.what());
  }
}

void CallRecorder::record_end(const RunEnded& end) {
  if (!run_->id) throw Error(run_->refused);
  journal_.end(*run_->id, end);
  settle();
  note_volatile_files();
  // One that makes many calls would let the log grow without end.
  journal_.checkpoint_if_long();
}

void CallRecorder::settle() {
  if (setting_.durable) journal_.make_durable();
}

// Of no weight for this run: the next one finds out too.
void CallRecorder::note_volatile_files() {
  const auto changed = changed_state_files(
      run_->tree, list_tree(setting_.hooks_dir, setting_.config.watch));
  try {
    if (!changed.empty())
      journal_.trees().note_volatile(setting_.hooks_dir, changed, run_->start.at.wall_ns);
  } catch (const Error&) {
  }
}

void CallRecorder::keep_elsewhere(const RunEnded& end, const std::string& why) {
  const std::string what = "the run of " + run_->start.script + " ";
  const auto folder = spool_beside(setting_.journal);
  SpooledRun spooled{run_->start, {}, end};
  spooled.start.spooled = spooled.end->spooled = true;
  if (run_->streams.has_input) spooled.input = run_->streams.in.stream();
  try {
    spool_run(folder, spooled, true);
    trouble_.push_back(what + "waits in " + folder.string() +
                       " until `hookjournal maintain` takes it in: " + why);
  } catch (const Error& error) {
    trouble_.push_back(what + "is not recorded: " + why + "; " + error.what());
  }
}

}  // namespace hookjournal
