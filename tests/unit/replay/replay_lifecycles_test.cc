// Which calls share a sandbox, and what they meet there.
#include <algorithm>
#include <array>
#include <set>

#include "replay/legs/replay_job.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/simulation/recorded_host.h"

using namespace hookjournal;
using Names = std::vector<std::string>;
using Numbers = std::vector<std::int64_t>;

namespace {

// The operations each sandbox saw of its candidate legs, in order of opening.
std::vector<Names> operations(const FakeMaker& maker, const std::string& tree) {
  std::vector<Names> all;
  for (const auto& diary : maker.diaries) {
    if (diary->tree != tree) continue;
    all.emplace_back();
    for (const SandboxedRun& run : diary->runs)
      all.back().push_back(run.call.object + " " + run.call.operation);
  }
  return all;
}

bool notes_contain(const ReplayedCall& call, const std::string& text) {
  return std::ranges::any_of(call.notes, [&text](const std::string& note) {
    return note.find(text) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("the calls of a guest replay in order in one sandbox, those of others apart",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n");
  host.call("a", "prepare");
  host.call("b", "prepare");
  host.call("a", "start");
  host.call("b", "start");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "print new\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(operations(maker, plan.candidate.id) ==
        std::vector<Names>{{"a prepare", "a start"}, {"b prepare", "b start"}});
  CHECK(told.summary.coverage.lifecycles == 2);
  CHECK(told.numbers() == Numbers{1, 5, 3, 7});
  CHECK(maker.diaries.size() == 6);
}

TEST_CASE("a release meets what prepare left, in each leg its own", "[replay]") {
  RecordedHost host;
  host.script("qemu", "only a write /run/x old\nshow /run/x\n");
  host.call("a", "prepare");
  host.script("qemu", "only a write /run/x old\nshow /run/x\n");
  host.call("a", "release");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "show /run/x\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  REQUIRE(told.calls.size() == 2);
  // The candidate's release finds nothing, as its own prepare left nothing.
  CHECK(told.verdicts() == std::vector{Verdict::changed, Verdict::changed});
}

TEST_CASE("a guest's next start is another lifecycle", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n");
  host.start("a");
  host.shut_down("a");
  host.start("a");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "print new\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(
      operations(maker, plan.candidate.id) ==
      std::vector<Names>{{"a prepare", "a start", "a started", "a stopped", "a release"},
                         {"a prepare", "a start", "a started"}});
}

TEST_CASE("each call alone has sandboxes of its own", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n");
  host.start("a");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "print new\n"}}),
                        .each_call_alone = true};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(maker.diaries.size() == 9);
  CHECK(told.summary.coverage.lifecycles == 3);
  CHECK(told.calls[1].notes.empty());
}

TEST_CASE("a lifecycle is split where its scripts were changed, and says so",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print first\n");
  host.start("a");
  host.script("qemu", "print second one\n");
  host.shut_down("a");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "print new\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(operations(maker, plan.candidate.id) ==
        std::vector<Names>{{"a prepare", "a start", "a started"},
                           {"a stopped", "a release"}});
  std::set<std::string> trees;
  for (const auto& diary : maker.diaries) trees.insert(diary->tree);
  CHECK(trees.size() == 3);
  REQUIRE(told.calls.size() == 5);
  CHECK(told.calls[2].notes.empty());
  CHECK(notes_contain(told.calls[3], "the recorded scripts changed before it"));
  CHECK(told.calls[4].notes.empty());
}

TEST_CASE("with a baseline given, changed scripts split no lifecycle", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print first\n");
  host.start("a");
  host.script("qemu", "print second one\n");
  host.shut_down("a");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "print new\n"}}),
                        .baseline = tree_with({{"qemu", "print base\n"}})};
  FakeMaker maker;
  told_by(host, plan, {&maker});
  REQUIRE(maker.diaries.size() == 3);
  std::multiset<std::string> trees;
  for (const auto& diary : maker.diaries) trees.insert(diary->tree);
  CHECK(trees.count(plan.baseline->id) == 2);
  CHECK(trees.count(plan.candidate.id) == 1);
}

TEST_CASE("of a lifecycle only the selected calls replay, and it is said", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n");
  host.start("a");
  host.shut_down("a");
  ReplayPlan plan{.candidate = tree_with({{"qemu", "print new\n"}})};
  plan.selection.operations = {"start", "release"};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(told.calls.size() == 2);
  CHECK(notes_contain(told.calls[0], "its lifecycle began before it"));
}

TEST_CASE("a daemon's shutdown meets what its start left, the next start does not",
          "[replay]") {
  RecordedHost host;
  host.script("daemon", "print old\n");
  for (const char* operation : {"start", "reload", "shutdown", "start"})
    host.call("-", operation, {.driver = "daemon", .input = {}});
  const ReplayPlan plan{.candidate = tree_with({{"daemon", "print new\n"}})};
  FakeMaker maker;
  told_by(host, plan, {&maker});
  CHECK(operations(maker, plan.candidate.id) ==
        std::vector<Names>{{"- start", "- reload", "- shutdown"}, {"- start"}});
}

TEST_CASE("calls of unknown drivers replay one by one", "[replay]") {
  RecordedHost host;
  host.script("daemon", "print old\n");
  host.script("acrn", "print old\n");
  host.call("-", "start", {.driver = "daemon", .input = {}});
  host.call("vm", "boot", {.driver = "acrn"});
  host.call("vm", "boot", {.driver = "acrn"});
  const ReplayPlan plan{.candidate = tree_with({{"daemon", "print old\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(told.summary.coverage.lifecycles == 3);
  CHECK(told.summary.coverage.left_out.empty());
  CHECK_FALSE(maker.diaries[0]->runs[0].input);
}

TEST_CASE("what a whole lifecycle leaves behind is told once, after its last call",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "only g write /run/x here\nonly g remove /run/x\n");
  host.start("a");
  host.shut_down("a");
  host.start("b");  // still runs
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "write /run/x here\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  REQUIRE(told.leaks.size() == 1);
  CHECK(told.leaks[0].object == "a");
  CHECK(told.leaks[0].last_call == 9);
  REQUIRE_FALSE(told.leaks[0].differences.empty());
  CHECK(told.leaks[0].differences[0].field == Field::leak);
  const auto group = std::ranges::find_if(
      told.summary.groups, [](const ChangeGroup& each) { return each.leak.has_value(); });
  REQUIRE(group != told.summary.groups.end());
  CHECK(group->calls == 1);
  CHECK(group->fingerprint == told.leaks[0].fingerprint);
  CHECK(group->example.call.id == 9);
}

TEST_CASE("half a lifecycle leaves nothing behind that could be judged", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n");
  host.start("a");
  host.shut_down("a");
  ReplayPlan plan{.candidate = tree_with({{"qemu", "write /run/x here\n"}})};
  SECTION("without its beginning") { plan.selection.calls = {{3, 9}}; }
  SECTION("without its end") { plan.selection.calls = {{1, 7}}; }
  SECTION("each call alone") { plan.each_call_alone = true; }
  FakeMaker maker;
  CHECK(told_by(host, plan, {&maker}).leaks.empty());
}

TEST_CASE("a lifecycle with a call that cannot be replayed is not judged as a whole",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n");
  host.call("a", "prepare");
  host.call("a", "start", {.truncated = true});
  host.call("a", "started");
  host.shut_down("a");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "write /run/x here\n"}})};
  FakeMaker maker;
  const Told told = told_by(host, plan, {&maker});
  CHECK(told.calls.size() == 4);
  CHECK(told.summary.coverage.lifecycles == 1);
  CHECK(told.leaks.empty());
}

TEST_CASE("in six lifecycles each order of legs comes up once", "[replay]") {
  std::set<std::array<Leg, kLegs>> orders;
  for (std::size_t life = 6; life < 12; ++life) orders.insert(order_of_legs(life));
  CHECK(orders.size() == 6);
  for (auto order : orders) {
    std::ranges::sort(order);
    CHECK(order == std::array{Leg::first_baseline, Leg::second_baseline, Leg::candidate});
  }
}

TEST_CASE("sandboxes of a lifecycle are opened in the order of its legs", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print old\n");
  for (int i = 0; i < 6; ++i) host.call("g" + std::to_string(i), "prepare");
  const ReplayPlan plan{.candidate = tree_with({{"qemu", "print new\n"}})};
  FakeMaker maker;
  told_by(host, plan, {&maker});
  REQUIRE(maker.diaries.size() == 18);
  for (std::size_t i = 0; i < 18; ++i)
    CHECK((maker.diaries[i]->tree == plan.candidate.id) ==
          (order_of_legs(i / 3)[i % 3] == Leg::candidate));
}
