#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;
using std::chrono::milliseconds;
using trial::Trial;

TEST_CASE("equal legs are the same", "[replay]") {
  const CallVerdict verdict = Trial::of().judge();
  CHECK(verdict.verdict == Verdict::same);
  CHECK(verdict.differences.empty());
  CHECK(verdict.noise.empty());
  CHECK(verdict.drift.empty());
  CHECK(verdict.masks.empty());
}

TEST_CASE("a leg that timed out decides before any difference", "[replay]") {
  Trial it = Trial::of_err("a\n", "b\n", "c\n");
  it.candidate.runs[0].effects.timed_out = true;
  it.candidate.runs[0].effects.left_running = {"sleep 1000"};
  const CallVerdict verdict = it.judge();
  CHECK(verdict.verdict == Verdict::inconclusive);
  CHECK_THAT(verdict.reason, ContainsSubstring("candidate: qemu timed out"));
  CHECK_THAT(verdict.reason, ContainsSubstring("sleep 1000"));
}

TEST_CASE("old scripts that cannot run here say nothing of new ones", "[replay]") {
  Trial it = Trial::of();
  const Ending endings[] = {Exited{127}, Exited{126}, NotStarted{ENOENT}};
  for (const Ending& ending : endings) {
    for (ObservedCall* leg : {&it.first, &it.second, &it.candidate})
      leg->runs[0].result.ending = ending;
    it.recorded.runs[0].ending = Exited{0};
    CHECK(it.judge().verdict == Verdict::inconclusive);
    CHECK_THAT(it.judge().reason, ContainsSubstring("interpreter"));
    // They could not in production either.
    it.recorded.runs[0].ending = ending;
    CHECK(it.judge().verdict == Verdict::same);
  }
  // The new one alone: that is a finding.
  it = Trial::of();
  it.candidate.runs[0].result.ending = Exited{127};
  CHECK(it.judge().verdict == Verdict::changed);
}

TEST_CASE("what the sandbox could not provide makes each leg inconclusive", "[replay]") {
  ObservedCall Trial::*const legs[] = {&Trial::first, &Trial::second, &Trial::candidate};
  for (const auto leg : legs) {
    Trial it = Trial::of();
    (it.*leg).runs[0].effects.trouble = {"no room for its files"};
    CHECK(it.judge().verdict == Verdict::inconclusive);
    CHECK_THAT(it.judge().reason, ContainsSubstring("no room for its files"));
  }
}

TEST_CASE("a change is found beside noise and drift, and both are told", "[replay]") {
  Trial it = Trial::of_err("n 1\n", "n 2\n", "n 3\n");
  it.recorded.runs[0].ending = Exited{4};
  it.candidate.runs[0].result.out = "new\n";
  const CallVerdict verdict = it.judge();
  CHECK(verdict.verdict == Verdict::changed);
  REQUIRE(verdict.differences.size() == 1);
  CHECK(verdict.differences[0] == Difference{Field::out, "qemu", "", "", "new"});
  CHECK(verdict.noise.size() == 1);
  CHECK(verdict.drift.size() == 1);
}

TEST_CASE("noise is judged before drift", "[replay]") {
  Trial it = Trial::of_err("n 1\n", "n 2\n", "n 3\n");
  it.recorded.runs[0].ending = Exited{4};
  CHECK(it.judge().verdict == Verdict::noise);
}

TEST_CASE("a call that now fails changes its answer and its ending", "[replay]") {
  Trial it = Trial::of();
  it.candidate.failed = true;
  it.candidate.ending = it.candidate.runs[0].result.ending = Exited{1};
  it.candidate.consequence = Consequence::start_refused;
  const CallVerdict verdict = it.judge();
  CHECK(verdict.verdict == Verdict::changed);
  CHECK(verdict.before == Consequence::none);
  CHECK(verdict.after == Consequence::start_refused);
  REQUIRE(verdict.differences.size() == 2);
  CHECK(verdict.differences[0] ==
        Difference{Field::answer, "", "", "ok: none", "failed: start-refused"});
  CHECK(verdict.differences[1] ==
        Difference{Field::ending, "qemu", "", "exit status 0", "exit status 1"});
}

TEST_CASE("an ending that differs between the old scripts' legs is noise", "[replay]") {
  Trial it = Trial::of();
  it.second.runs[0].result.ending = Exited{7};
  it.candidate.runs[0].result.ending = Exited{8};
  CHECK(it.judge().verdict == Verdict::noise);
}

TEST_CASE("a script that libvirt no longer runs, or runs now, is a change", "[replay]") {
  Trial gone = Trial::of(), added = Trial::of();
  gone.candidate.runs.clear();
  ObservedRun run;
  run.script = "qemu.d/10-new";
  added.candidate.runs.push_back(run);
  CHECK(gone.judge().differences ==
        std::vector<Difference>{{Field::scripts, "qemu", "qemu", "exit status 0", ""}});
  CHECK(added.judge().differences ==
        std::vector<Difference>{
            {Field::scripts, "qemu.d/10-new", "qemu.d/10-new", "", "exit status 0"}});
}

TEST_CASE("only a candidate slower than both legs, their spread and the limit is slower",
          "[replay]") {
  struct Row {
    int first, second, candidate;
    Verdict verdict;
  };
  constexpr Row kRows[] = {
      {10, 12, 100, Verdict::same},     {10, 12, 112, Verdict::same},
      {10, 12, 113, Verdict::changed},  {10, 300, 550, Verdict::same},
      {300, 10, 600, Verdict::changed}, {500, 500, 5, Verdict::same}};
  for (const Row& row : kRows) {
    Trial it = Trial::of();
    it.first.runs[0].result.elapsed = milliseconds(row.first);
    it.second.runs[0].result.elapsed = milliseconds(row.second);
    it.candidate.runs[0].result.elapsed = milliseconds(row.candidate);
    CAPTURE(row.first, row.second, row.candidate);
    CHECK(it.judge().verdict == row.verdict);
  }
}

TEST_CASE("what others' load of the machine may explain is not slower", "[replay]") {
  struct Row {
    double idle_share;
    int cpu, elapsed;  // milliseconds
    Verdict verdict;
  };
  constexpr Row kRows[] = {
      {0, 20, 900, Verdict::same},      // it waited for a processor
      {0, 600, 900, Verdict::changed},  // it worked
      {1, 20, 900, Verdict::changed},   // it waited for something else
      {.5, 20, 900, Verdict::changed},  // at least half of it
      {.05, 20, 900, Verdict::same}};
  for (const Row& row : kRows) {
    Trial it = Trial::of();
    it.candidate.runs[0].idle_share = row.idle_share;
    it.candidate.runs[0].result.cpu = milliseconds(row.cpu);
    it.candidate.runs[0].result.elapsed = milliseconds(row.elapsed);
    CAPTURE(row.idle_share, row.cpu);
    CHECK(it.judge().verdict == row.verdict);
  }
}

TEST_CASE("a long script is slower when it takes half as long again", "[replay]") {
  const auto judged = [](int candidate) {
    Trial it = Trial::of();
    it.first.runs[0].result.elapsed = it.second.runs[0].result.elapsed =
        milliseconds(1000);
    it.candidate.runs[0].result.elapsed = milliseconds(candidate);
    return it.judge().verdict;
  };
  CHECK(judged(1500) == Verdict::same);
  CHECK(judged(1501) == Verdict::changed);
}

TEST_CASE("a slower candidate differs in time alone", "[replay]") {
  Trial it = Trial::of();
  it.candidate.runs[0].result.elapsed = milliseconds(900);
  CHECK(it.judge().differences ==
        std::vector<Difference>{{Field::time, "qemu", "", "0 ms", "900 ms"}});
  CHECK(it.judge().after == Consequence::none);
}

TEST_CASE("old scripts that no longer do what was recorded have drifted", "[replay]") {
  Trial ending = Trial::of(), answer = Trial::of(), gone = Trial::of(),
        added = Trial::of();
  ending.recorded.runs[0].ending = Exited{3};
  answer.recorded.failed = true;
  gone.recorded.runs.push_back({"qemu.d/a", Exited{0}, "", "", true, true});
  added.recorded.runs.clear();
  for (const Trial* it : {&ending, &answer, &gone, &added})
    CHECK(it->judge().verdict == Verdict::drift);
  CHECK(ending.judge().drift[0].field == Field::ending);
  CHECK(answer.judge().drift[0].field == Field::answer);
  CHECK(gone.judge().drift[0].field == Field::scripts);
  CHECK(added.judge().drift[0].field == Field::scripts);
}

TEST_CASE("what was not recorded, and streams of no filter, cannot drift", "[replay]") {
  Trial abandoned = Trial::of(), incomplete = Trial::of(), streams = Trial::of(),
        undecided = Trial::of();
  abandoned.recorded.runs[0].ending.reset();
  abandoned.recorded.failed = true;
  incomplete.recorded.complete = false;
  incomplete.recorded.runs.clear();
  streams.recorded.runs[0].out = streams.recorded.runs[0].err = "other\n";
  undecided.recorded.runs[0].ending = Exited{7};
  undecided.second.runs[0].result.ending = Exited{7};
  CHECK(abandoned.judge().verdict == Verdict::same);
  CHECK(incomplete.judge().verdict == Verdict::same);
  CHECK(streams.judge().verdict == Verdict::same);
  CHECK(undecided.judge().drift.empty());
}

TEST_CASE("stand-ins that answered are named, each once", "[replay]") {
  Trial it = Trial::of_commands({trial::command({"virsh", "list"})},
                                {trial::command({"virsh", "list"})},
                                {trial::command({"virsh", "list"})});
  for (ObservedCall* call : {&it.first, &it.second, &it.candidate})
    call->runs[0].effects.commands[0].simulated = true;
  CHECK(it.judge().simulated == std::vector<std::string>{"virsh"});
}

TEST_CASE("fields have words that lead back to them", "[replay]") {
  for (int i = 0; i <= static_cast<int>(Field::time); ++i) {
    const auto field = static_cast<Field>(i);
    CHECK(field_named(to_string(field)) == field);
  }
  CHECK(to_string(Field::err) == "stderr");
  CHECK_FALSE(field_named("elsewhere"));
  CHECK(to_string(Verdict::inconclusive) == "inconclusive");
}

TEST_CASE("what a lifecycle leaves behind is compared as a leak", "[replay]") {
  Remains old;
  old.files = {trial::created("/run/g1", "x\n")};
  Remains now = old;
  now.files.push_back(trial::created("/run/g1.lock", ""));
  now.network = {{"link br9", std::nullopt, "up"}};
  now.processes = {"/bin/sh loop"};
  std::vector<MaskUse> masks;
  CHECK(judge_remains(old, old, old, {}, {}, masks).empty());
  const auto leaks = judge_remains(old, old, now, {}, {}, masks);
  REQUIRE(leaks.size() == 3);
  CHECK(leaks[0].place == "/run/g1.lock");
  CHECK(leaks[0].before.empty());
  CHECK(leaks[1] == Difference{Field::leak, "", "link br9", "", "up"});
  CHECK(leaks[2] ==
        Difference{Field::leak, "", "sh", "", "/bin/sh loop  [still running]"});
  CHECK(judge_remains(now, now, old, {}, {}, masks).size() == 3);
}
