#include "cli/replay/change_words.h"
#include "cli/replay/coverage_text.h"
#include "cli/replay/text_report.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/pseudo_terminal.h"
#include "tests/unit/cli/replay/replay_findings.h"

namespace hookjournal {
namespace {

std::string text_of(const ReplaySummary& summary,
                    const std::vector<ReplayedCall>& calls = {}) {
  const ReportContext context = replay_context();
  LesserFindings lesser;
  for (const ReplayedCall& call : calls) lesser.add(call, context);
  return shown_by(
      [&](Output& output) { TextReport(output, context).summary(summary, lesser); });
}

std::string in_full(const ReplayedCall& call) {
  const ReportContext context = replay_context();
  return shown_by([&](Output& output) { TextReport(output, context).show(call); });
}

TEST_CASE("a replay's report tells a group with its example and what to do", "[cli]") {
  ChangeGroup group = group_of(refused_call(4711), 38);
  group.objects = {"win11", "web"};
  group.object_count = 5;

  const std::string text =
      text_of(summary_of({{Verdict::same, 862}, {Verdict::changed, 38}}, {group}));

  CHECK_THAT(text,
             ContainsSubstring("Of 900 recorded calls replayed with ./hooks.new, 38 "
                               "changed: 1 finding to look at.\n"));
  CHECK_THAT(text, ContainsSubstring("Compared with the scripts as they were recorded"));
  CHECK_THAT(text, ContainsSubstring("  changed             38"));
  CHECK_THAT(text, ContainsSubstring("1. start-refused (was none)\n"));
  CHECK_THAT(text, ContainsSubstring("38 calls of win11, web and 3 more\n"));
  CHECK_THAT(text, ContainsSubstring("3f9a0c12d4e5\n"));
  CHECK_THAT(text, ContainsSubstring("call 4711, qemu prepare/begin of win11, 2026-11-"));
  CHECK_THAT(text, ContainsSubstring("   ending of qemu\n"
                                     "     - exit status 0\n"
                                     "     + exit status 1\n"
                                     "   commands of qemu: iptables\n"
                                     "     - iptables -A FORWARD -o virbr0 -j ACCEPT\n"));
  CHECK_THAT(text, ContainsSubstring(
                       "hookjournal replay --call 4711 --scripts ./hooks.new --show\n"));
  CHECK_THAT(text,
             ContainsSubstring("hookjournal accept 3f9a0c12d4e5 --because '...'\n"));
}

TEST_CASE("a report names the limits of the sandbox and what was read-only", "[cli]") {
  ReportContext context = replay_context();
  context.sandbox = SandboxConditions{{}, {"/srv (nfs4)"}};
  const std::string text = shown_by([&context](Output& output) {
    write_coverage(output, summary_of({{Verdict::same, 1}}).coverage, context);
  });
  CHECK_THAT(text, ContainsSubstring("30.0s a call, 1024 MiB of memory a process, "
                                     "2048 MiB all together, 512 processes at a time, "
                                     "256 MiB written"));
  CHECK_THAT(text, ContainsSubstring("read-only   /srv (nfs4)\n"));
}

TEST_CASE("what reproduces a call later in its lifecycle replays those before it, too",
          "[cli]") {
  ReplayedCall call = refused_call(4711);
  call.life_began = 4711;
  CHECK(reproduce_command(replay_context(), call) ==
        "hookjournal replay --call 4711 --scripts ./hooks.new --show");
  call.life_began = 4700;
  CHECK(reproduce_command(replay_context(), call) ==
        "hookjournal replay --driver qemu --object win11 --call 4700..4711 --scripts "
        "./hooks.new --show");
}

TEST_CASE("a failure that libvirt ignores is told as such", "[cli]") {
  CHECK(consequence_words(Consequence::none, Consequence::ignored) ==
        "a failure that libvirt ignores (was none)");
  CHECK(consequence_words(Consequence::none, Consequence::start_refused) ==
        "start-refused (was none)");
}

TEST_CASE("a report of a replay in which nothing changed says what it covered", "[cli]") {
  ReplaySummary summary = summary_of({{Verdict::same, 2}});
  summary.coverage.left_out = {{"its input was not kept whole", 3}};
  summary.coverage.real = {{"iptables", 2}};
  summary.coverage.simulated = {{"systemctl", 2}};
  summary.coverage.blocked = {{"connect unix /run/dbus", 1}};
  summary.coverage.masks = {{"time", 1204}};
  summary.coverage.masked = {{"time", "08:09:56"}};
  summary.coverage.incomplete_trees = {"the recorded tree 12ab lacks qemu.d/big"};

  const std::string text = text_of(summary);

  CHECK_THAT(text,
             ContainsSubstring("2 recorded calls replayed with ./hooks.new: nothing "
                               "changed.\n"));
  CHECK_THAT(text,
             ContainsSubstring("2 calls of 1 guest or network in 2 lifecycles, with "
                               "1 distinct input\n"));
  CHECK_THAT(text, ContainsSubstring("(1h01m ago)\n"));
  CHECK_THAT(text, ContainsSubstring("(1m00s ago)\n"));
  CHECK_THAT(text, ContainsSubstring("     2 calls  qemu prepare/begin\n"));
  CHECK_THAT(text, ContainsSubstring("3 calls  its input was not kept whole\n"));
  CHECK_THAT(text, ContainsSubstring("really ran       2 calls  iptables\n"));
  CHECK_THAT(text, ContainsSubstring("2 calls  systemctl\n"));
  CHECK_THAT(text, ContainsSubstring("1 call  connect unix /run/dbus\n"));
  CHECK_THAT(text, ContainsSubstring("1,204 times  time: 08:09:56\n"));
  CHECK_THAT(text, ContainsSubstring("the recorded tree 12ab lacks qemu.d/big\n"));
}

TEST_CASE("a report names a change without a consequence by its fields", "[cli]") {
  ReplayedCall call = refused_call(4711);
  call.verdict.after = Consequence::none;
  const std::string text = text_of(summary_of({{Verdict::changed, 1}}, {group_of(call)}));
  CHECK_THAT(text,
             ContainsSubstring(
                 "1. changed: ending and commands (consequence none, as before)\n"));
}

TEST_CASE("a finding says which commands stand-ins answered for", "[cli]") {
  ReplayedCall call = refused_call(4711);
  call.verdict.simulated = {"systemctl", "virsh"};
  const std::string text = text_of(summary_of({{Verdict::changed, 1}}, {group_of(call)}));
  CHECK_THAT(text, ContainsSubstring("   simulated   systemctl and virsh\n"));
}

TEST_CASE("a report tells a leak with the lifecycle's last call", "[cli]") {
  const std::string text =
      text_of(summary_of({{Verdict::same, 2}}, {group_of(leak_after(4720))}));
  CHECK_THAT(text, ContainsSubstring("1. other things are left behind\n"));
  CHECK_THAT(text, ContainsSubstring("1 lifecycle of win11\n"));
  CHECK_THAT(text, ContainsSubstring("   leak: /run/win11.lock\n     + 12\n"));
  CHECK_THAT(text, ContainsSubstring("hookjournal replay --driver qemu --object win11 "
                                     "--call 4718..4720 --scripts ./hooks.new --show\n"));
}

TEST_CASE("a report keeps what is accepted short, with who, when and why", "[cli]") {
  const std::string text = text_of(
      summary_of({{Verdict::changed, 2}}, {accepted(group_of(refused_call(4711), 2))}));
  CHECK_THAT(text, ContainsSubstring("nothing changed but what is accepted.\n"));
  CHECK_THAT(text,
             ContainsSubstring("3f9a0c12d4e5  2 calls: start-refused (was none)\n"));
  CHECK_THAT(text, ContainsSubstring("accepted by alice (uid 1000) on 2026-11-"));
  CHECK_THAT(text, ContainsSubstring(": the new bridge\n"));
  CHECK_THAT(text, !ContainsSubstring("- exit status 0"));
}

TEST_CASE("a report tells why calls are inconclusive and where they drift", "[cli]") {
  ReplayedCall hung = replayed(5, Verdict::inconclusive);
  hung.verdict.reason = "qemu ran longer than 30s: sleep 1000";
  ReplayedCall drifted = replayed(6, Verdict::drift, "web");
  drifted.verdict.drift = {{Field::err, "qemu", "", "a\n", "b\n"}};
  drifted.verdict.simulated = {"virsh"};
  drifted.notes = {"its input was redacted"};
  ReplayedCall noisy = replayed(7, Verdict::noise);
  noisy.verdict.drift = {{Field::ending, "qemu", "", "exit status 1", "exit status 3"}};

  const std::string text =
      text_of(summary_of({{Verdict::inconclusive, 2}, {Verdict::drift, 1}}),
              {hung, hung, drifted, noisy});

  CHECK_THAT(text, ContainsSubstring("nothing changed; 2 could not be judged.\n"));
  CHECK_THAT(text, ContainsSubstring("2   could not be judged, which fails unless"));
  CHECK_THAT(text, ContainsSubstring("2 calls  qemu ran longer than 30s: sleep 1000  "
                                     "(first 5, win11)\n"
                                     "  reproduce  hookjournal replay --call 5 "));
  CHECK_THAT(text, ContainsSubstring(
                       "1 call  stderr of qemu; simulated: virsh  (first 6, web)"));
  CHECK_THAT(text, ContainsSubstring("1 call  ending of qemu  (first 7, win11)\n"
                                     "  reproduce  hookjournal replay --call 7 "));
  CHECK_THAT(text, ContainsSubstring("1 call  its input was redacted"));
}

TEST_CASE("a report tells how many of the changed calls are accepted", "[cli]") {
  const std::string text = text_of(summary_of(
      {{Verdict::changed, 5}},
      {group_of(refused_call(4711), 2), accepted(group_of(refused_call(1), 3))}));
  CHECK_THAT(text, ContainsSubstring("5 changed (3 as accepted): 1 finding to look at"));
}

TEST_CASE("a report shows the harm of a hundred changes on a few screens", "[cli]") {
  const std::vector<ChangeGroup> many(100, group_of(refused_call(4711)));
  const std::string text = text_of(summary_of({{Verdict::changed, 100}}, many));
  CHECK_THAT(text, ContainsSubstring("\n20. start-refused"));
  CHECK_THAT(text, !ContainsSubstring("\n21. "));
  CHECK_THAT(text, ContainsSubstring("... and 80 more changes; --json has all of them."));
}

TEST_CASE("what scripts and guests wrote cannot move a terminal", "[cli]") {
  ReplayedCall call = refused_call(4711, "evil\x1b[2J");
  call.notes = {"note\x1b[2J"};
  call.verdict.differences = {
      {Field::out, "qemu\x1b[2J", "place\x1b[2J", "a\x1b[2J\n", "\xff\x9b\n"}};
  ReplaySummary summary = summary_of({{Verdict::changed, 1}}, {group_of(call)});
  summary.coverage.simulated = {{"cmd\x1b[2J", 1}};
  summary.coverage.incomplete_trees = {"tree\x1b[2J"};

  const std::string text = text_of(summary, {call}) + in_full(call);

  CHECK(text.find('\x1b') == std::string::npos);
  CHECK_THAT(text, ContainsSubstring("- a\\x1b[2J\n"));
  CHECK_THAT(text, ContainsSubstring("+ \\xff\\x9b\n"));
  CHECK_THAT(text, ContainsSubstring("prepare/begin of evil\\x1b[2J"));
}

TEST_CASE("the group's example is cut, the call in full is not", "[cli]") {
  std::string many;
  for (int i = 0; i < 40; ++i) many += "line " + std::to_string(i) + "\n";
  ReplayedCall call = refused_call(4711);
  call.verdict.differences = {{Field::files, "qemu", "/etc/x", "", many}};

  const std::string cut = text_of(summary_of({{Verdict::changed, 1}}, {group_of(call)}));
  const std::string full = in_full(call);

  CHECK_THAT(cut, ContainsSubstring("+ line 15\n       ... 24 more lines\n"));
  CHECK_THAT(cut, !ContainsSubstring("line 16\n"));
  CHECK_THAT(full, ContainsSubstring("call 4711  qemu prepare/begin of win11, "));
  CHECK_THAT(full, ContainsSubstring("changed: start-refused (was none); 3f9a0c12d4e5"));
  CHECK_THAT(full, ContainsSubstring("+ line 39\n"));
}

TEST_CASE("a replay's report on a terminal has what was in red and what is in green",
          "[cli]") {
  const PlainEnvironment environment;
  const PseudoTerminal terminal;
  const ReportContext context = replay_context();
  {
    const Redirected out(1, terminal.open());
    write_output(Output::Paging::never, [&](Output& output) {
      TextReport(output, context).show(refused_call(4711));
    });
  }
  const std::string text = terminal.written();
  CHECK_THAT(text, ContainsSubstring("\x1b[31m- exit status 0\x1b[0m"));
  CHECK_THAT(text, ContainsSubstring("\x1b[32m+ exit status 1\x1b[0m"));
}

}  // namespace
}  // namespace hookjournal
