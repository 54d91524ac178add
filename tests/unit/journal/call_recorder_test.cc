#include "journal/call_recorder.h"

#include <unistd.h>

#include <fstream>

#include "engine/process_runner.h"
#include "journal/intake.h"
#include "journal/spool.h"
#include "journal/witness.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/fake_runner.h"
#include "tests/unit/journal/fresh_journal.h"

using namespace hookjournal;
using Names = std::vector<std::string>;

namespace {

const Names kThree = {"qemu", "qemu.d/10-a", "qemu.d/20-b"};

HookCall prepare(const std::string& guest = "win11") {
  return {.driver = "qemu",
          .object = guest,
          .operation = "prepare",
          .suboperation = "begin",
          .input = "<domain><uuid>3f6c1f0e-5a0e-4d6b-9c35-0d6c8a1f7b11</uuid></domain>"};
}

HookCall restore(const std::string& input) {
  return {.driver = "qemu",
          .object = "win11",
          .operation = "restore",
          .suboperation = "begin",
          .input = input};
}

// Makes calls with scripts that do what the test says, and records them.
struct Recorded {
  FreshJournal journal;
  FakeRunner runner;
  CallRecorder::Setting setting{.journal = journal.file(),
                                .hooks_dir = journal.folder() / "hooks",
                                .environment = {"LC_ALL=C", "PATH=/usr/bin"}};

  std::int64_t call(const HookCall& hook_call, const Names& scripts = kThree) {
    CallRecorder recorder(setting);
    return call(recorder, hook_call, scripts);
  }
  std::int64_t call(CallRecorder& recorder, const HookCall& hook_call,
                    const Names& scripts = kThree) {
    HookEngine(runner, recorder).answer(hook_call, setting.hooks_dir, {scripts, {}});
    CHECK(recorder.trouble().empty());
    return recorder.call().value();
  }
  CallRecord load(std::int64_t id) const { return journal.reader().call(id).value(); }
};

// Does something to the journal once the first script runs.
struct Meddler : ScriptRunner {
  explicit Meddler(std::function<void()> what) : meddle(std::move(what)) {}
  ScriptResult run(const std::filesystem::path& script, const HookCall&,
                   const std::optional<std::string>&) override {
    ran.push_back(script.filename());
    if (ran.size() == 1) meddle();
    ScriptResult result;
    result.out = "printed";
    return result;
  }
  std::function<void()> meddle;
  Names ran;
};

}  // namespace

TEST_CASE("a call of three scripts is one call with three runs", "[journal]") {
  Recorded recorded;
  recorded.runner.will_end("10-a", Exited{3}, "no pool\n");
  const CallRecord call = recorded.load(recorded.call(prepare()));
  REQUIRE(call.runs.size() == 3);
  CHECK(call.runs[0].script == "qemu");
  CHECK(call.runs[1].script == "qemu.d/10-a");
  CHECK(call.runs[2].script == "qemu.d/20-b");
  CHECK(call.runs[1].ending == Ending{Exited{3}});
  CHECK(call.planned == kThree);
  CHECK(call.unrecorded.empty());
  CHECK(call.outcome == Outcome::failed);
  CHECK(call.consequence == Consequence::start_refused);
}

TEST_CASE("a call of our own is told from libvirt's, and names us as caller",
          "[journal]") {
  Recorded recorded;
  const CallRecord call = recorded.load(recorded.call(prepare()));
  CHECK(call.origin == Origin::run);
  CHECK(call.driver == "qemu");
  CHECK(call.object == "win11");
  CHECK(call.arguments == Names{"win11", "prepare", "begin", "-"});
  CHECK(call.object_uuid == "3f6c1f0e-5a0e-4d6b-9c35-0d6c8a1f7b11");
  CHECK(call.context.hooks_dir == recorded.setting.hooks_dir);
  CHECK(call.context.environment == Names{"LC_ALL=C", "PATH=/usr/bin"});
  CHECK(call.context.caller.process.pid == ::getpid());
  CHECK(call.context.boot_id == boot_id());
}

TEST_CASE("the origin is what the setting says", "[journal]") {
  Recorded recorded;
  recorded.setting.origin = Origin::simulate;
  CHECK(recorded.load(recorded.call(prepare())).origin == Origin::simulate);
}

TEST_CASE("the same call twice is two calls", "[journal]") {
  Recorded recorded;
  const std::int64_t first = recorded.call(prepare());
  const std::int64_t second = recorded.call(prepare());
  CHECK(first != second);
  CHECK(recorded.load(first).runs.size() == 3);
  CHECK(recorded.load(second).runs.size() == 3);
}

TEST_CASE("one recorder keeps calls apart", "[journal]") {
  Recorded recorded;
  CallRecorder recorder(recorded.setting);
  const std::int64_t first = recorded.call(recorder, prepare("a"));
  const std::int64_t second = recorded.call(recorder, prepare("b"));
  const std::int64_t third = recorded.call(recorder, prepare("b"), {"qemu"});
  const std::int64_t fourth = recorded.call(recorder, prepare("b"), {"qemu"});
  CHECK(recorded.load(first).runs.size() == 3);
  CHECK(recorded.load(second).object == "b");
  CHECK(recorded.load(third).runs.size() == 1);
  CHECK(recorded.load(fourth).runs.size() == 1);
}

TEST_CASE("each script's own input and output are kept", "[journal]") {
  Recorded recorded;
  recorded.runner.will("qemu", "<domain>M</domain>");
  recorded.runner.will("10-a", "", Exited{0}, "warned\n");
  const CallRecord call = recorded.load(recorded.call(restore("<domain>in</domain>")));
  auto reader = recorded.journal.reader();
  CHECK(reader.bytes(call.runs[0].input->blob) == "<domain>in</domain>");
  CHECK(reader.bytes(call.runs[0].out.blob) == "<domain>M</domain>");
  CHECK(reader.bytes(call.runs[1].input->blob) == "<domain>M</domain>");
  CHECK(reader.bytes(call.runs[1].err.blob) == "warned\n");
}

TEST_CASE("no input is kept as none", "[journal]") {
  Recorded recorded;
  HookCall call = prepare();
  call.input.reset();
  CHECK_FALSE(recorded.load(recorded.call(call)).runs[0].input);
}

TEST_CASE("a stream beyond the cap is cut, its length kept", "[journal]") {
  Recorded recorded;
  recorded.setting.config.stream_cap = 5;
  recorded.runner.will("qemu", "1234567890");
  const CallRecord call = recorded.load(recorded.call(prepare(), {"qemu"}));
  const StoredStream& out = call.runs[0].out;
  CHECK(recorded.journal.reader().bytes(out.blob) == "12345");
  CHECK(out.length == 10);
  CHECK(out.truncated);
  CHECK(call.runs[0].input->truncated);
}

TEST_CASE("console passwords are replaced in every stream of our calls too",
          "[journal]") {
  Recorded recorded;
  recorded.runner.will("qemu", "", Exited{0}, "graphics: s3cret\n");
  const CallRecord call =
      recorded.load(recorded.call(restore("<graphics passwd='s3cret'/>"), {"qemu"}));
  auto reader = recorded.journal.reader();
  CHECK(reader.bytes(call.runs[0].input->blob) == "<graphics passwd='******'/>");
  CHECK(reader.bytes(call.runs[0].err.blob) == "graphics: ******\n");
}

TEST_CASE("so are those in the part of an input that is not kept", "[journal]") {
  const std::size_t cap = GENERATE(5, 20, 24);  // before it, in it
  Recorded recorded;
  recorded.setting.config.stream_cap = cap;
  recorded.runner.will("qemu", "", Exited{0}, "s3cret");
  const CallRecord call =
      recorded.load(recorded.call(restore("<graphics passwd='s3cret'/>"), {"qemu"}));
  CHECK(recorded.journal.reader().bytes(call.runs[0].err.blob) ==
        std::string("******").substr(0, std::min<std::size_t>(cap, 6)));
}

TEST_CASE("holders, signals and times of a run are kept", "[journal]") {
  struct : ScriptRunner {
    ScriptResult run(const std::filesystem::path&, const HookCall&,
                     const std::optional<std::string>&) override {
      ScriptResult result;
      result.ending = Signaled{15};
      result.elapsed = std::chrono::milliseconds(70);
      result.held_open = std::chrono::milliseconds(60);
      result.cpu = std::chrono::microseconds(900);
      result.max_rss_kib = 1700;
      result.holders = {{4711, "sleep 4000", "stderr"}};
      result.signals = {{15, std::chrono::milliseconds(3)}};
      return result;
    }
  } runner;
  const Recorded recorded;
  CallRecorder recorder(recorded.setting);
  HookEngine(runner, recorder).answer(prepare(), "/hooks", {{"qemu"}, {}});
  const RunRecord run = recorded.load(recorder.call().value()).runs.at(0);
  CHECK(run.ending == Ending{Signaled{15}});
  CHECK(run.elapsed_ns == 70'000'000);
  CHECK(run.held_open_ns == 60'000'000);
  CHECK(run.cpu_ns == 900'000);
  CHECK(run.max_rss_kib == 1700);
  CHECK(run.holders == std::vector<PipeHolder>{{4711, "sleep 4000", "stderr"}});
  CHECK(run.signals == std::vector<PassedSignal>{{15, std::chrono::milliseconds(3)}});
}

TEST_CASE("the scripts tree of a call of ours is kept, without the recorder's words",
          "[journal]") {
  Recorded recorded;
  std::filesystem::create_directories(recorded.setting.hooks_dir);
  std::ofstream(recorded.setting.hooks_dir / "qemu")
      << "#!/usr/bin/hookjournal-hook /bin/sh\nexit 0\n";
  std::filesystem::last_write_time(
      recorded.setting.hooks_dir / "qemu",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const CallRecord call = recorded.load(recorded.call(prepare(), {"qemu"}));
  CHECK(recorded.journal.reader().tree_file(call.tree, "qemu") == "#!/bin/sh\nexit 0\n");
}

TEST_CASE("the start of a script is in the journal while it runs", "[journal]") {
  const Recorded recorded;
  std::optional<CallRecord> seen;
  Meddler runner([&] {
    recorded.journal.reader().for_each_call(
        {}, [&seen](const CallRecord& call) { seen = call; });
  });
  CallRecorder recorder(recorded.setting);
  HookEngine(runner, recorder).answer(prepare(), "/hooks", {kThree, {}});
  REQUIRE(seen);
  CHECK(seen->outcome == Outcome::running);
  CHECK(seen->runs.size() == 1);
}

TEST_CASE("without a journal nothing runs", "[journal]") {
  Recorded recorded;
  recorded.setting.journal = recorded.journal.folder() / "elsewhere.db";
  CHECK_THROWS_AS(CallRecorder(recorded.setting), Error);
  CHECK_FALSE(std::filesystem::exists(recorded.setting.journal));
}

TEST_CASE("a journal that has reached its limit refuses before anything runs",
          "[journal]") {
  Recorded recorded;
  recorded.setting.config.journal_cap = 1;
  CHECK_THROWS_WITH(CallRecorder(recorded.setting), ContainsSubstring("size limit"));
}

TEST_CASE("a journal that takes no first run keeps every script from running",
          "[journal]") {
  const Recorded recorded;
  CallRecorder recorder(recorded.setting);
  recorded.journal.writer().database().exec("drop table script_runs");
  FakeRunner runner;
  HookEngine engine(runner, recorder);
  CHECK_THROWS_AS(engine.answer(prepare(), "/hooks", {kThree, {}}), Error);
  CHECK(runner.ran.empty());
}

TEST_CASE("a journal that fails half-way stops no script; the rest waits in the spool",
          "[journal]") {
  const Recorded recorded;
  auto meddling = recorded.journal.writer();
  Meddler runner([&meddling] {
    meddling.database().exec("alter table script_runs rename to moved");
  });
  CallRecorder recorder(recorded.setting);
  HookEngine(runner, recorder).answer(prepare(), "/hooks", {kThree, {}});
  CHECK(runner.ran == Names{"qemu", "10-a", "20-b"});
  CHECK(recorder.trouble().size() == 3);

  meddling.database().exec("alter table moved rename to script_runs");
  auto writer = recorded.journal.writer();
  const auto folder = spool_beside(recorded.setting.journal);
  CHECK(take_in(writer, folder, 100).taken == 3);
  const CallRecord call = recorded.load(recorder.call().value());
  REQUIRE(call.runs.size() == 3);
  CHECK(call.outcome == Outcome::ok);
  CHECK(call.runs[2].spooled);
  auto reader = recorded.journal.reader();
  CHECK(reader.bytes(call.runs[0].out.blob) == "printed");
  CHECK(reader.bytes(call.runs[2].input->blob) == prepare().input);
}
