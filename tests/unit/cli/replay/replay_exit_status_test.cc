#include "cli/replay/exit_status.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/replay/replay_findings.h"

namespace hookjournal {
namespace {

int status_of(const ReplaySummary& summary, FailOn fail_on, bool allowed = false) {
  return exit_status_of(summary, {fail_on, allowed});
}

// The same consequence, another file.
ReplayedCall harmless_change() {
  ReplayedCall call = replayed(4, Verdict::changed);
  call.fingerprint = "0123456789ab";
  call.verdict.differences = {{Field::files, "qemu", "/etc/x", "a\n", "b\n"}};
  return call;
}

TEST_CASE("a replay in which nothing changed is well", "[cli]") {
  const auto summary = summary_of({{Verdict::same, 3}, {Verdict::noise, 2}});
  CHECK(status_of(summary, FailOn::changed) == 0);
  CHECK(status_of(summary, FailOn::drift) == 0);
  CHECK(status_of(summary, FailOn::consequence) == 0);
}

TEST_CASE("drift fails a replay only when asked to", "[cli]") {
  auto summary = summary_of({{Verdict::same, 3}, {Verdict::drift, 2}});
  summary.drifted = 2;
  CHECK(status_of(summary, FailOn::changed) == 0);
  CHECK(status_of(summary, FailOn::drift) == 1);
  CHECK(status_of(summary, FailOn::consequence) == 0);
}

TEST_CASE("drift of noisy calls counts, too", "[cli]") {
  auto summary = summary_of({{Verdict::noise, 3}});
  summary.drifted = 1;
  CHECK(status_of(summary, FailOn::changed) == 0);
  CHECK(status_of(summary, FailOn::drift) == 1);
}

TEST_CASE("a change fails a replay, one without consequence not always", "[cli]") {
  const auto harmless =
      summary_of({{Verdict::changed, 1}}, {group_of(harmless_change())});
  CHECK(status_of(harmless, FailOn::changed) == 1);
  CHECK(status_of(harmless, FailOn::drift) == 1);
  CHECK(status_of(harmless, FailOn::consequence) == 0);

  const auto refused = summary_of({{Verdict::changed, 1}}, {group_of(refused_call(4))});
  CHECK(status_of(refused, FailOn::consequence) == 1);
}

TEST_CASE("a leak fails a replay", "[cli]") {
  const auto summary = summary_of({{Verdict::same, 2}}, {group_of(leak_after(7))});
  CHECK(status_of(summary, FailOn::changed) == 1);
  CHECK(status_of(summary, FailOn::consequence) == 0);
}

TEST_CASE("what is accepted is well, what is not beside it is not", "[cli]") {
  auto groups = std::vector{accepted(group_of(refused_call(4)))};
  CHECK(status_of(summary_of({{Verdict::changed, 1}}, groups), FailOn::changed) == 0);
  groups.push_back(group_of(harmless_change()));
  CHECK(status_of(summary_of({{Verdict::changed, 2}}, groups), FailOn::changed) == 1);
}

TEST_CASE("a call that could not be judged is not known to be well", "[cli]") {
  const auto some = summary_of({{Verdict::same, 3}, {Verdict::inconclusive, 1}});
  CHECK(status_of(some, FailOn::changed) == 1);
  CHECK(status_of(some, FailOn::consequence) == 1);
  CHECK(status_of(some, FailOn::changed, true) == 0);

  const auto all = summary_of({{Verdict::inconclusive, 1}});
  CHECK(status_of(all, FailOn::changed, true) == 1);
}

}  // namespace
}  // namespace hookjournal
