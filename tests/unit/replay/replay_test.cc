#include "replay/replay.h"

#include <algorithm>

#include "engine/first_line.h"
#include "journal/acceptance.h"
#include "journal/keeping/exporting.h"
#include "journal/keeping/importing.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/simulation/recorded_host.h"

using namespace hookjournal;
using Names = std::vector<std::string>;
using Counts = std::map<std::string, std::int64_t>;

namespace {

const std::string kGuest =
    "<domain type='kvm' id='3'>\n  <name>win11</name>\n"
    "  <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>\n"
    "  <devices><interface type='bridge'><source bridge='br0'/>"
    "<target dev='vnet7'/></interface></devices>\n</domain>\n";

ReplayPlan against(const std::string& qemu) {
  return {.candidate = tree_with({{"qemu", qemu}})};
}

const ChangeGroup* group_with(const Told& told, const std::string& object) {
  const auto group =
      std::ranges::find_if(told.summary.groups, [&object](const ChangeGroup& each) {
        return std::ranges::count(each.objects, object) > 0;
      });
  return group == told.summary.groups.end() ? nullptr : &*group;
}

}  // namespace

TEST_CASE("the same scripts give the same", "[replay]") {
  RecordedHost host;
  host.script("qemu", "write /run/x y\n");
  host.start("a");
  host.shut_down("a");
  FakeMaker maker;
  const Told told = told_by(host, against("write /run/x y\n"), {&maker});
  CHECK(told.verdicts() == std::vector<Verdict>(5, Verdict::same));
  CHECK(told.summary.verdicts == std::map<Verdict, std::int64_t>{{Verdict::same, 5}});
  CHECK(told.summary.groups.empty());
}

TEST_CASE("a start that is now refused is changed, with what follows of it", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print fine\n");
  host.call("a", "prepare");
  host.call("b", "prepare");
  FakeMaker maker;
  const Told told = told_by(host, against("print fine\nonly b exit 1\n"), {&maker});
  REQUIRE(told.verdicts() == std::vector{Verdict::same, Verdict::changed});
  CHECK(told.calls[1].verdict.before == Consequence::none);
  CHECK(told.calls[1].verdict.after == Consequence::start_refused);
  CHECK(told.calls[0].fingerprint.empty());
  CHECK(told.calls[1].fingerprint.size() == 12);
}

TEST_CASE("a failure on the destination of a migration refuses the migration",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "only x print\n");
  host.call("a", "migrate");
  host.call("a", "prepare");
  FakeMaker maker;
  const Told told = told_by(host, against("only a exit 1\n"), {&maker});
  REQUIRE(told.calls.size() == 2);
  CHECK(told.calls[1].verdict.after == Consequence::migration_refused);
}

TEST_CASE("calls from another host's bundle are replayed as they were there",
          "[replay]") {
  RecordedHost there, here;
  there.script("qemu", "print fine\n");
  there.call("a", "prepare");
  {
    auto journal = here.fresh.writer();
    const auto nothing_redacted = [](std::string&) { return std::uint64_t{0}; };
    const Bundle bundle = export_calls(there.fresh.file(), {}, nothing_redacted);
    import_bundle(journal, decode_bundle(encode_bundle(bundle), "it"));
  }
  FakeMaker maker;

  const Told told = told_by(here, against("exit 1\n"), {&maker});

  REQUIRE(told.verdicts() == std::vector{Verdict::changed});
  CHECK(told.calls[0].verdict.after == Consequence::start_refused);
}

TEST_CASE("a script gets what it got when it was recorded", "[replay]") {
  RecordedHost host;
  host.script("qemu", "cat\n");
  host.call("win11", "release", {.input = kGuest, .extra = "shutdown"});
  FakeMaker maker;
  told_by(host, against("cat\n"), {&maker});
  REQUIRE(maker.diaries.size() == 3);
  const auto& diary = *maker.diaries[0];
  CHECK(diary.plan.hooks_dir == "/etc/libvirt/hooks");
  CHECK(diary.plan.host_name == "host1");
  REQUIRE(diary.plan.files.size() == 1);
  CHECK(diary.plan.files[0].path == "/etc/libvirt/qemu/win11.xml");
  CHECK(diary.plan.bridges.empty());
  REQUIRE(diary.runs.size() == 1);
  const SandboxedRun& run = diary.runs[0];
  CHECK(run.script == "qemu");
  CHECK(run.input == kGuest);
  CHECK(run.call == HookCall{"qemu", "win11", "release", "begin", "shutdown", kGuest});
  CHECK(run.environment == Names{"LC_ALL=C", "PATH=/usr/bin"});
  CHECK(run.working_directory == "/");
  CHECK(run.uid == 0);
  CHECK(run.umask == 0027);
}

TEST_CASE("the links of all calls of a lifecycle are made, on request", "[replay]") {
  RecordedHost host;
  host.script("qemu", "cat\n");
  host.call("win11", "prepare");  // its tap has no name yet
  host.call("win11", "start", {.input = kGuest});
  ReplayPlan plan = against("cat\n");
  plan.with_links = true;
  FakeMaker maker;
  told_by(host, plan, {&maker});
  REQUIRE(maker.diaries.size() == 3);
  CHECK(maker.diaries[0]->plan.bridges == Names{"br0"});
  CHECK(maker.diaries[0]->plan.taps == Names{"vnet7"});
}

TEST_CASE("each filter reads what the one before it printed, in its own leg",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "cat\n");
  host.script("qemu.d/10-a", "cat\n");
  host.call("a", "migrate", {.scripts = {"qemu", "qemu.d/10-a"}, .out = "<domain/>\n"});
  const ReplayPlan plan{
      .candidate = tree_with({{"qemu", "print <other/>\n"}, {"qemu.d/10-a", "cat\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  for (const auto& diary : maker.diaries) {
    REQUIRE(diary->runs.size() == 2);
    CHECK(diary->runs[0].input == "<domain/>\n");
    CHECK(diary->runs[1].input ==
          (diary->tree == plan.candidate.id ? "<other/>\n" : "<domain/>\n"));
  }
  REQUIRE(told.calls.size() == 1);
  CHECK(told.calls[0].verdict.verdict == Verdict::changed);
  // libvirt refuses what is no guest.
  CHECK(told.calls[0].verdict.after == Consequence::migration_refused);
}

TEST_CASE("where the recorder only watched, the old scripts do nothing", "[replay]") {
  RecordedHost host;
  host.script("qemu", watcher("/usr/bin/hookjournal-hook"));
  host.call("a", "prepare");
  FakeMaker maker;
  const Told told = told_by(host, {.candidate = {}}, {&maker});
  CHECK(told.verdicts() == std::vector{Verdict::same});
  CHECK(maker.diaries[0]->runs.empty());
}

TEST_CASE("what cannot be replayed is left out, and counted by why", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.call("a", "prepare", {.ends = false});
  host.call("b", "prepare", {.truncated = true});
  host.call("c", "prepare", {.origin = Origin::simulate});
  host.call("d", "prepare", {.tree = false});
  host.call("e", "prepare", {.tree = false});
  host.script("qemu", "print private\n", 0700);
  host.call("f", "prepare");
  host.script("qemu", "print x\n");
  host.call("g", "prepare");
  FakeMaker maker;
  const Told told = told_by(host, against("print x\n"), {&maker});
  CHECK(told.calls.size() == 1);
  CHECK(told.summary.coverage.calls == 1);
  CHECK(told.summary.coverage.left_out ==
        Counts{{"still running", 1},
               {"its input was not kept whole", 1},
               {"made by simulate; --origin simulate takes them", 1},
               {"no scripts tree was recorded", 2},
               {"of its recorded scripts qemu was not kept; --baseline gives others in "
                "their place",
                1}});
  CHECK(told.progress.back().calls == 1);
  CHECK(told.progress.back().of == 1);
}

TEST_CASE("with a baseline given no recorded tree is needed", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.call("a", "prepare", {.tree = false});
  ReplayPlan plan = against("print x\n");
  plan.baseline = plan.candidate;
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(told.verdicts() == std::vector{Verdict::same});
}

TEST_CASE("simulated calls replay when they are asked for", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.call("a", "prepare", {.origin = Origin::simulate});
  ReplayPlan plan = against("print x\n");
  SECTION("by origin") { plan.selection.origins = {Origin::simulate}; }
  SECTION("by number") { plan.selection.calls = {{1, 1}}; }
  FakeMaker maker;
  CHECK(told_by(host, plan, {&maker}).calls.size() == 1);
}

TEST_CASE("redacted inputs and incomplete trees are noted", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.script("password", "secret", 0600);
  host.call("a", "prepare", {.redacted = 2});
  FakeMaker maker;
  const Told told = told_by(host, against("print x\n"), {&maker});
  REQUIRE(told.calls.size() == 1);
  REQUIRE(told.calls[0].notes.size() == 2);
  CHECK_THAT(told.calls[0].notes[0], ContainsSubstring("2 secrets were replaced"));
  CHECK_THAT(told.calls[0].notes[1], ContainsSubstring("lack password (others may not"));
  REQUIRE(told.summary.coverage.incomplete_trees.size() == 1);
  CHECK_THAT(told.summary.coverage.incomplete_trees[0],
             ContainsSubstring(" lacks password ("));
}

TEST_CASE("equal changes form one group with the oldest as its example", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  for (const char* guest : {"c", "a", "b"}) host.call(guest, "prepare");
  host.call("z", "prepare");
  host.call("k", "reconnect");
  FakeMaker maker;
  const Told told =
      told_by(host, against("only k exit 1\nprint x\nwail new\nonly z write /run/z y\n"),
              {&maker});
  REQUIRE(told.summary.groups.size() == 3);
  CHECK(told.summary.groups[0].example.verdict.after == Consequence::guest_killed);
  const ChangeGroup* group = group_with(told, "b");
  REQUIRE(group != nullptr);
  CHECK(group->calls == 3);
  CHECK(group->objects == Names{"a", "b", "c"});
  CHECK(group->object_count == 3);
  CHECK(group->example.call.id == 1);
  CHECK(group == &told.summary.groups[1]);  // more calls than the third
}

TEST_CASE("an accepted difference is marked, and no change any more", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.call("a", "prepare");
  const ReplayPlan plan = against("print y\n");
  FakeMaker maker;
  const std::string fingerprint = told_by(host, plan, {&maker}).calls.at(0).fingerprint;
  accept_difference(host.fresh.file(), {fingerprint, "wanted", "anna", 77});

  const Told told = told_by(host, plan, {&maker});
  CHECK(told.calls.at(0).accepted);
  CHECK(told.calls[0].verdict.verdict == Verdict::changed);
  const ChangeGroup& group = told.summary.groups.at(0);
  CHECK(group.accepted);
  CHECK(group.accepted_because == "wanted");
  CHECK(group.accepted_by == "anna");
  CHECK(group.accepted_at_ns == 77);
}

TEST_CASE("the summary tells what was covered", "[replay]") {
  RecordedHost host;
  host.script("qemu", "connect unix /run/libvirt/libvirt-sock\n");
  host.script("network", "print x\n");
  host.call("a", "prepare");
  host.call("b", "prepare");
  host.call("b", "start", {.input = kGuest});
  host.call("lan", "start", {.driver = "network", .input = "<hookData/>"});
  FakeMaker maker;
  const Told told =
      told_by(host, against("connect unix /run/libvirt/libvirt-sock\n"), {&maker});
  const ReplayCoverage& coverage = told.summary.coverage;
  CHECK(coverage.calls == 4);
  CHECK(coverage.lifecycles == 3);
  CHECK(coverage.objects == 3);
  CHECK(coverage.distinct_inputs == 3);
  CHECK(coverage.operations == Counts{{"network start/begin", 1},
                                      {"qemu prepare/begin", 2},
                                      {"qemu start/begin", 1}});
  CHECK(coverage.newest_ns - coverage.oldest_ns == 30'000'000);
  CHECK(coverage.blocked == Counts{{"connect unix /run/libvirt/libvirt-sock", 3}});
  CHECK(told.summary.elapsed_ns > 0);
}

TEST_CASE("scripts that others may not read replay while they are still installed",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n", 0700);
  host.call("a", "prepare");
  FakeMaker maker;
  ReplayPlan plan = against("print new\n");
  CHECK(told_by(host, plan, {&maker}).summary.coverage.left_out.size() == 1);

  plan.installed = tree_of_directory(host.hooks());
  const Told told = told_by(host, plan, {&maker});
  CHECK(told.verdicts() == std::vector{Verdict::changed});
  CHECK(told.summary.coverage.incomplete_trees.empty());
}

TEST_CASE("a file that scripts change is the installed one in all legs", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.script("counter", "1", 0644);
  host.scripts_change("counter");
  host.call("a", "prepare");
  ReplayPlan plan = against("print x\n");
  plan.installed = tree_of_directory(host.hooks());
  FakeMaker maker;
  told_by(host, plan, {&maker});
  CHECK(maker.diaries.at(0)->tree == maker.diaries.at(1)->tree);
  CHECK(maker.diaries[0]->tree == plan.installed->id);
}

TEST_CASE("an empty selection replays nothing", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.call("a", "prepare");
  ReplayPlan plan = against("print x\n");
  plan.selection.objects = {"nobody"};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(told.summary.coverage.calls == 0);
  CHECK(told.progress.back().of == 0);
}
