#include "cli/replay/markdown_report.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/replay/replay_findings.h"

namespace hookjournal {
namespace {

std::string markdown(const ReplaySummary& summary,
                     const std::vector<ReplayedCall>& calls = {}) {
  LesserFindings lesser;
  for (const ReplayedCall& call : calls) lesser.add(call, replay_context());
  return markdown_of(summary, lesser, replay_context());
}

TEST_CASE("Markdown tells verdicts in a table and changes as diffs", "[cli]") {
  const std::string text = markdown(summary_of(
      {{Verdict::changed, 3}, {Verdict::same, 4}}, {group_of(refused_call(4711), 3)}));

  CHECK_THAT(
      text, ContainsSubstring("## Replay of 7 recorded hook calls with `./hooks.new`\n"));
  CHECK_THAT(text, ContainsSubstring("**1 finding** to look at."));
  CHECK_THAT(text,
             ContainsSubstring("| verdict | calls |\n|---|---:|\n| changed | 3 |\n"));
  CHECK_THAT(text, ContainsSubstring("### 1. start-refused (was none)\n\n3 calls of "
                                     "`win11`. Example: call 4711, "
                                     "`qemu prepare/begin of win11`."));
  CHECK_THAT(text, ContainsSubstring("```diff\n@@ ending of qemu @@\n- exit status 0\n"
                                     "+ exit status 1\n"));
  CHECK_THAT(text, ContainsSubstring("hookjournal replay --call 4711 --scripts "
                                     "./hooks.new --show\nhookjournal accept "));
  CHECK_THAT(text, ContainsSubstring("| operation | `qemu prepare/begin` | 7 calls |\n"));
}

TEST_CASE("Markdown says which commands stand-ins answered for", "[cli]") {
  ReplayedCall call = refused_call(4711);
  call.verdict.simulated = {"systemctl", "virsh"};
  const std::string text =
      markdown(summary_of({{Verdict::changed, 1}}, {group_of(call)}));
  CHECK_THAT(text, ContainsSubstring(" Stand-ins answered for `systemctl`, `virsh`.\n"));
}

TEST_CASE("what scripts printed cannot break out of a fence", "[cli]") {
  ReplayedCall call = refused_call(4711);
  call.verdict.differences = {
      {Field::out, "qemu", "", "", "```\n# out\n`````\n</details>\n"}};
  const std::string text =
      markdown(summary_of({{Verdict::changed, 1}}, {group_of(call)}));
  CHECK_THAT(text,
             ContainsSubstring("\n``````diff\n@@ stdout of qemu @@\n+ ```\n+ # out\n"
                               "+ `````\n+ </details>\n``````\n"));
}

TEST_CASE("names cannot break out of code, lines or tables", "[cli]") {
  ReplayedCall call = refused_call(4711, "a`|b\n# x");
  ReplayedCall hung = replayed(3, Verdict::inconclusive);
  hung.verdict.reason = "`|<b>";

  const std::string text =
      markdown(summary_of({{Verdict::changed, 1}}, {group_of(call)}), {hung});

  CHECK_THAT(text, ContainsSubstring("1 call of ``a`|b\\x0a# x``."));
  CHECK_THAT(text, ContainsSubstring("| `` `\\|<b> `` | 1 | 3 | `hookjournal replay "
                                     "--call 3 --scripts ./hooks.new --show` |\n"));
}

TEST_CASE("Markdown lists what is accepted, and says that nothing else is", "[cli]") {
  const std::string text = markdown(
      summary_of({{Verdict::changed, 1}}, {accepted(group_of(refused_call(4711)))}));
  CHECK_THAT(text, ContainsSubstring("Nothing that nobody has accepted changes.\n"));
  CHECK_THAT(text, ContainsSubstring("| `3f9a0c12d4e5` | 1 | `the new bridge` | "
                                     "`alice (uid 1000)` |\n"));
}

}  // namespace
}  // namespace hookjournal
