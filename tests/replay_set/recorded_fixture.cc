#include "tests/replay_set/recorded_fixture.h"

#include <limits>

#include "engine/script_tree.h"
#include "replay/guest_files.h"
#include "replay/legs/leg.h"
#include "replay/recorded_scripts.h"
#include "replay/sandbox/stand_ins/stand_in_rules.h"
#include "tests/places.h"

namespace hookjournal::replay_set {

namespace {

constexpr const char* kHooks = "/etc/libvirt/hooks";
constexpr const char* kPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

Context context_of_host(const std::string& host) {
  Context context;
  context.host_name = host;
  context.boot_id = "boot-of-" + host;
  context.hooks_dir = kHooks;
  context.working_directory = "/";
  context.environment = {"LC_ALL=C", std::string("PATH=") + kPath, "USER=root"};
  context.caller = {{812, 4711}, "/usr/sbin/libvirtd", 1, 2, "build"};
  return context;
}

std::string host(int number) { return "host" + std::to_string(number); }

std::unique_ptr<SandboxMaker> maker_for(const ScriptsTree& tree) {
  SandboxSettings settings;
  settings.stand_ins = std::make_shared<const StandInRules>(default_stand_ins());
  settings.stand_in_program = test::stand_in_program();
  settings.sandbox_program = test::sandbox_program();
  settings.missing_commands = missing_commands(texts_of(tree), kPath, kHooks);
  settings.path_variable = kPath;
  return make_sandbox_maker(settings);
}

// As the host of the record would have run them.
std::vector<std::vector<ObservedRun>> observed_calls(const Fixture& fixture,
                                                     const ScriptsTree& tree,
                                                     SandboxMaker& maker) {
  SandboxPlan plan{.hooks_dir = kHooks,
                   .tree = &tree,
                   .files = fixture.host_files,
                   .host_name = host(0)};
  if (auto file = definition_file(fixture.calls.front()))
    plan.files.push_back(std::move(*file));
  const auto sandbox = maker.open(plan);
  std::vector<std::vector<ObservedRun>> calls;
  for (const HookCall& call : fixture.calls) {
    LoadedCall loaded;
    loaded.call = call;
    loaded.record.context = context_of_host(host(0));
    calls.push_back(observe_call(*sandbox, tree, loaded).runs);
  }
  return calls;
}

KeptStream kept(const std::string& bytes) { return {bytes, bytes.size(), false, 0}; }

RunEnded end_of(RunMaker& maker, const RunStarted& start, const ObservedRun& run) {
  RunEnded end = maker.end(start, run.result.ending);
  end.out = kept(run.result.out);
  end.err = kept(run.result.err);
  return end;
}

}  // namespace

RecordedFixture::RecordedFixture(const Fixture& fixture, int repetitions)
    : fixture_(fixture) {
  const ScriptsTree tree = tree_of_directory(fixture.hooks);
  maker_ = maker_for(tree);
  const auto calls = observed_calls(fixture, tree, *maker_);
  JournalWriter journal = journal_.writer();
  for (int i = 0; i < repetitions; ++i) {
    RunMaker maker;
    maker.boot = host(i);
    record(journal, maker, calls);
  }
}

void RecordedFixture::record(JournalWriter& journal, RunMaker& maker,
                             const std::vector<std::vector<ObservedRun>>& calls) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const HookCall& call = fixture_.calls[i];
    std::vector<std::string> planned;
    for (const ObservedRun& run : calls[i]) planned.push_back(run.script);
    for (const ObservedRun& run : calls[i]) {
      RunStarted start = maker.start(
          run.script, {call.object, call.operation, call.suboperation, call.extra});
      start.hooks_dir = kHooks;
      start.planned = planned;
      start.context = context_of_host(maker.boot);
      std::optional<KeptStream> input;
      if (run.input) input = kept(*run.input);
      const auto tree =
          journal.trees().scan(list_tree(fixture_.hooks, {}), fixture_.hooks,
                               std::numeric_limits<std::int64_t>::max());
      journal.end(journal.start(start, input, tree), end_of(maker, start, run));
      maker.at_ms += 10;
    }
  }
}

Told RecordedFixture::replay_once(const ScriptsTree& candidate) const {
  return replay_of(candidate, {host(0)});
}

Told RecordedFixture::replay_all(const ScriptsTree& candidate) const {
  return replay_of(candidate, {});
}

Told RecordedFixture::replay_of(const ScriptsTree& candidate,
                                const std::vector<std::string>& hosts) const {
  ReplayPlan plan;
  plan.selection.hosts = hosts;
  plan.candidate = candidate;
  plan.host_files = fixture_.host_files;
  Told told;
  auto journal = journal_.reader();
  told.summary =
      replay(journal, plan, {maker_.get()},
             {.call = [&told](const ReplayedCall& call) { told.calls.push_back(call); },
              .leak = [&told](const ReplayedLeak& leak) { told.leaks.push_back(leak); },
              .progress = {}});
  return told;
}

}  // namespace hookjournal::replay_set
