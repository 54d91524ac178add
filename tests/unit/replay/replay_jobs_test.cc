// Several jobs at once, and sandboxes that fail.
#include <algorithm>
#include <atomic>

#include "tests/unit/catch.h"
#include "tests/unit/replay/simulation/recorded_host.h"

using namespace hookjournal;
using Numbers = std::vector<std::int64_t>;

namespace {

// Guests whose calls come mixed, some with many.
void record_many(RecordedHost& host, int guests) {
  for (int round = 0; round < 5; ++round)
    for (int i = 0; i < guests; ++i) {
      constexpr const char* kLife[] = {"prepare", "start", "started", "stopped",
                                       "release"};
      if (i % 3 == 0 || round < 2) host.call("g" + std::to_string(i), kLife[round]);
    }
}

std::string told_as_text(const Told& told) {
  std::string text;
  for (const ReplayedCall& call : told.calls)
    text += std::to_string(call.call.id) + " " +
            std::string(to_string(call.verdict.verdict)) + " " + call.fingerprint + "\n";
  for (const ReplayedLeak& leak : told.leaks)
    text += "leak " + std::to_string(leak.last_call) + " " + leak.fingerprint + "\n";
  for (const ChangeGroup& group : told.summary.groups)
    text += "group " + group.fingerprint + " " + std::to_string(group.calls) + " " +
            std::to_string(group.example.call.id) + "\n";
  return text;
}

// Counts how much of what calls print is in memory at a time.
struct Weight {
  std::atomic<std::int64_t> open{0}, most{0};
};

class WeighingMaker : public SandboxMaker {
 public:
  explicit WeighingMaker(Weight& weight) : weight_(weight) {}
  std::unique_ptr<Sandbox> open(const SandboxPlan&) override {
    return std::make_unique<Weighing>(weight_);
  }

 private:
  struct Weighing : Sandbox {
    explicit Weighing(Weight& all) : weight(all) {
      const auto now = ++weight.open;
      weight.most = std::max<std::int64_t>(weight.most, now);
    }
    ~Weighing() override { --weight.open; }
    ObservedRun run(const SandboxedRun& run) override {
      return {.script = run.script, .input = run.input};
    }
    Remains remains() override { return {}; }
    void keep(const std::string&) override {}
    Weight& weight;
  };
  Weight& weight_;
};

}  // namespace

TEST_CASE("three jobs tell the same in the same order as one", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\nonly g1 remove /run/y\n");
  record_many(host, 30);
  const ReplayPlan plan{.candidate = tree_with({{"qemu",
                                                 "print x\nonly g3 write /run/x y\n"
                                                 "only g7 exit 1\nonly g9 exit 1\n"}})};
  FakeMaker single;
  const std::string expected = told_as_text(told_by(host, plan, {&single}));
  for (int again = 0; again < 5; ++again) {
    FakeMaker one(300), two(100), three(200);
    CHECK(told_as_text(told_by(host, plan, {&one, &two, &three})) == expected);
    CHECK(one.diaries.size() + two.diaries.size() + three.diaries.size() ==
          single.diaries.size());
  }
}

TEST_CASE("lifecycles are told by their starts, their calls in order", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  record_many(host, 4);
  FakeMaker one(300), two(100);
  const Told told =
      told_by(host, {.candidate = tree_with({{"qemu", "print x\n"}})}, {&one, &two});
  std::vector<std::string> objects;
  for (const ReplayedCall& call : told.calls) {
    if (objects.empty() || objects.back() != call.call.object)
      objects.push_back(call.call.object);
  }
  CHECK(objects == std::vector<std::string>{"g0", "g1", "g2", "g3"});
  CHECK(told.calls.size() == 14);
  CHECK(told.progress.size() == 15);
  CHECK(told.progress.back().calls == 14);
}

TEST_CASE("no more sandboxes are open than three for each job", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  record_many(host, 40);
  Weight weight;
  WeighingMaker one(weight), two(weight);
  told_by(host, {.candidate = tree_with({{"qemu", "print x\n"}})}, {&one, &two});
  CHECK(weight.most <= 6);
  CHECK(weight.open == 0);
}

TEST_CASE("a long lifecycle does not make the others' results pile up", "[replay]") {
  RecordedHost host;
  host.script("network", "print x\n");
  host.script("qemu", "print x\n");
  const RecordedHost::Recorded of_network{.driver = "network", .input = "<hookData/>"};
  host.call("lan", "start", of_network);
  host.call("lan", "started", of_network);
  for (int i = 0; i < 150; ++i) {
    host.call("lan", "updated", of_network);
    host.call("g" + std::to_string(i), "prepare");
  }
  FakeMaker slow(400), fast;
  std::int64_t told = 0;
  std::size_t most_ahead = 0;
  auto journal = host.reader();
  const ReplayPlan plan{.candidate =
                            tree_with({{"qemu", "print x\n"}, {"network", "print x\n"}})};
  replay(journal, plan, {&slow, &fast}, {.call = [&](const ReplayedCall& call) {
           if (call.call.driver != "network") return;
           if (++told < 150) most_ahead = std::max<std::size_t>(most_ahead, fast.opened);
         }});
  CHECK(told == 152);
  CHECK(most_ahead <= 3 * 32);
}

TEST_CASE("a long lifecycle waits for its turn before it goes on for ever", "[replay]") {
  RecordedHost host;
  host.script("network", "print x\n");
  host.script("qemu", "print x\n");
  const RecordedHost::Recorded of_network{.driver = "network", .input = "<hookData/>"};
  host.call("slow", "prepare");
  host.call("lan", "start", of_network);
  host.call("lan", "started", of_network);
  for (int i = 0; i < 300; ++i) host.call("lan", "updated", of_network);
  FakeMaker slow(40'000), fast;
  std::size_t ahead = 0;
  auto journal = host.reader();
  const ReplayPlan plan{.candidate =
                            tree_with({{"qemu", "print x\n"}, {"network", "print x\n"}})};
  const ReplaySummary summary =
      replay(journal, plan, {&slow, &fast}, {.call = [&](const ReplayedCall& call) {
               if (call.call.object == "slow") ahead = fast.ran;
             }});
  CHECK(summary.coverage.calls == 303);
  CHECK(ahead <= 3 * 66);
}

TEST_CASE("a sandbox that fails makes the rest of its lifecycle inconclusive",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.start("a");
  host.start("b");
  FakeMaker maker;
  const Told told = told_by(
      host,
      {.candidate = tree_with({{"qemu", "print x\nonly a break the disk is full\n"}})},
      {&maker});
  using enum Verdict;
  CHECK(told.verdicts() ==
        std::vector{inconclusive, inconclusive, inconclusive, same, same, same});
  CHECK_THAT(told.calls[0].verdict.reason,
             ContainsSubstring("the sandbox failed in call 1: the disk is full"));
  CHECK_THAT(told.calls[2].verdict.reason, ContainsSubstring("call 1: the disk is full"));
  CHECK(told.summary.verdicts.at(inconclusive) == 3);
}

TEST_CASE("a sandbox that fails in three lifecycles in a row stops the replay",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  for (const char* guest : {"a", "b", "good", "c", "d", "e", "f"})
    host.call(guest, "prepare");
  std::string script = "print x\n";
  for (const char* guest : {"a", "b", "c", "d", "e"})
    script += "only " + std::string(guest) + " break no luck with " + guest + "\n";
  const ReplayPlan plan{.candidate = tree_with({{"qemu", script}})};
  FakeMaker one(200), two(200);
  std::vector<std::string> told;
  auto journal = host.reader();
  CHECK_THROWS_WITH(replay(journal, plan, {&one, &two},
                           {.call =
                                [&told](const ReplayedCall& call) {
                                  told.push_back(call.call.object);
                                }}),
                    ContainsSubstring("no luck with e"));
  CHECK(told == std::vector<std::string>{"a", "b", "good", "c", "d", "e"});
}

TEST_CASE("sandboxes that cannot be opened at all stop the replay, saying why",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  for (const char* guest : {"a", "b", "c"}) host.call(guest, "prepare");
  FakeMaker maker;
  maker.refuses = "no user namespaces here";
  CHECK_THROWS_WITH(told_by(host, {.candidate = {}}, {&maker}),
                    ContainsSubstring("no user namespaces here"));
}

TEST_CASE("a replay of one call whose sandbox cannot be opened is no replay",
          "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.call("a", "prepare");
  FakeMaker maker;
  maker.refuses = "no user namespaces here";
  CHECK_THROWS_WITH(told_by(host, {.candidate = {}}, {&maker}),
                    ContainsSubstring("no user namespaces here"));
}

TEST_CASE("a fault of our own in a job stops all jobs and comes out", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  record_many(host, 20);
  FakeMaker one(100), two(100);
  CHECK_THROWS_WITH(
      told_by(host, {.candidate = tree_with({{"qemu", "print x\nonly g5 explode\n"}})},
              {&one, &two}),
      "explode");
  for (const FakeMaker* maker : {&one, &two})
    CHECK(std::ranges::all_of(maker->diaries,
                              [](const auto& diary) { return diary->closed; }));
}

TEST_CASE("what a listener throws stops all jobs and comes out", "[replay]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  record_many(host, 20);
  FakeMaker one(100), two(100);
  auto journal = host.reader();
  CHECK_THROWS_WITH(
      replay(journal, {.candidate = tree_with({{"qemu", "print x\n"}})}, {&one, &two},
             {.call = [](const ReplayedCall&) { throw Error("broken pipe"); }}),
      "broken pipe");
}
