#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/output.h"
#include "cli/replay/report_context.h"
#include "replay/replay.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

// Results of replays as values, to be changed where a test cares.
namespace hookjournal {

inline CallRecord replayed_record(std::int64_t id, const std::string& object) {
  CallRecord call;
  call.id = id;
  call.at_ns = kSampleTime;
  call.driver = "qemu";
  call.object = object;
  call.operation = "prepare";
  call.suboperation = "begin";
  call.extra = "-";
  return call;
}

inline ReplayedCall replayed(std::int64_t id, Verdict verdict,
                             const std::string& object = "win11") {
  ReplayedCall call;
  call.call = replayed_record(id, object);
  call.verdict.verdict = verdict;
  call.verdict.before = call.verdict.after = Consequence::none;
  return call;
}

// prepare now exits 1, and no rule is made any more.
inline ReplayedCall refused_call(std::int64_t id, const std::string& object = "win11") {
  ReplayedCall call = replayed(id, Verdict::changed, object);
  call.fingerprint = "3f9a0c12d4e5";
  call.verdict.after = Consequence::start_refused;
  call.verdict.differences = {
      {Field::ending, "qemu", "", "exit status 0", "exit status 1"},
      {Field::commands, "qemu", "iptables", "iptables -A FORWARD -o virbr0 -j ACCEPT\n",
       ""}};
  return call;
}

inline ReplayedLeak leak_after(std::int64_t id) {
  return {.life_began = id - 2,
          .last_call = id,
          .driver = "qemu",
          .object = "win11",
          .differences = {{Field::leak, "", "/run/win11.lock", "", "12\n"}},
          .fingerprint = "aabbccddeeff"};
}

inline ChangeGroup group_of(const ReplayedCall& example, std::int64_t calls = 1) {
  ChangeGroup group;
  group.fingerprint = example.fingerprint;
  group.calls = calls;
  group.objects = {example.call.object};
  group.object_count = 1;
  group.example = example;
  group.accepted = example.accepted;
  return group;
}

inline ChangeGroup group_of(const ReplayedLeak& leak) {
  ChangeGroup group = group_of(replayed(leak.last_call, Verdict::same, leak.object));
  group.fingerprint = leak.fingerprint;
  group.leak = leak;
  return group;
}

inline ChangeGroup accepted(ChangeGroup group) {
  group.accepted = true;
  group.accepted_because = "the new bridge";
  group.accepted_by = "alice (uid 1000)";
  group.accepted_at_ns = kSampleTime;
  return group;
}

inline ReplaySummary summary_of(std::map<Verdict, std::int64_t> verdicts,
                                std::vector<ChangeGroup> groups = {}) {
  ReplaySummary summary;
  for (const auto& [verdict, calls] : verdicts) summary.coverage.calls += calls;
  summary.verdicts = std::move(verdicts);
  summary.groups = std::move(groups);
  summary.coverage.lifecycles = 2;
  summary.coverage.objects = 1;
  summary.coverage.distinct_inputs = 1;
  summary.coverage.oldest_ns = kSampleTime - 3600 * kSecondNs;
  summary.coverage.newest_ns = kSampleTime;
  summary.coverage.operations = {{"qemu prepare/begin", summary.coverage.calls}};
  summary.elapsed_ns = 3 * kSecondNs;
  return summary;
}

inline ReportContext replay_context() {
  return {.scripts = "./hooks.new",
          .again = " --scripts ./hooks.new",
          .now_ns = kSampleTime + 60 * kSecondNs};
}

// What `write` puts on standard output.
inline std::string shown_by(const std::function<void(Output&)>& write) {
  const ScratchDir folder;
  std::fflush(stdout);
  {
    const Redirected out(1, folder.path() / "out");
    write_output(Output::Paging::never, write);
  }
  return bytes_of(folder.path() / "out");
}

}  // namespace hookjournal
