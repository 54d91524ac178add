#include "cli/replay/junit_report.h"
#include "engine/xml/strict_xml.h"
#include "tests/unit/catch.h"
#include "tests/unit/cli/replay/replay_findings.h"

namespace hookjournal {
namespace {

StrictElement suites_of(const std::vector<ReplayedCall>& calls,
                        const std::vector<ReplayedLeak>& leaks = {},
                        const PassRule& rule = {}) {
  ReportContext context = replay_context();
  context.rule = rule;
  JUnitReport report(context);
  for (const ReplayedCall& call : calls) report.add(call);
  for (const ReplayedLeak& leak : leaks) report.add(leak);
  std::string xml;
  report.finish(summary_of({}), [&xml](std::string_view part) { xml += part; });
  const StrictXml parsed = parse_strictly(xml);
  INFO(xml);
  REQUIRE(std::holds_alternative<StrictElement>(parsed));
  return std::get<StrictElement>(parsed);
}

const StrictElement& suite_of(const StrictElement& suites) {
  REQUIRE(suites.child("testsuite") != nullptr);
  return *suites.child("testsuite");
}

TEST_CASE("JUnit XML has a test case for each call, and counts them", "[cli]") {
  ReplayedCall hung = replayed(3, Verdict::inconclusive);
  hung.verdict.reason = "it ran longer than 30s";
  const StrictElement suites = suites_of(
      {replayed(1, Verdict::same), refused_call(2), hung, replayed(4, Verdict::noise)},
      {leak_after(4)});

  const StrictElement& suite = suite_of(suites);

  CHECK(suite.attribute("tests") == "5");
  CHECK(suite.attribute("failures") == "2");
  CHECK(suite.attribute("errors") == "1");
  CHECK(suite.attribute("skipped") == "0");
  CHECK(suite.attribute("time") == "3.000");
  REQUIRE(suite.children.size() == 5);
  CHECK(suite.children[0].attribute("classname") == "qemu.prepare");
  CHECK(suite.children[0].attribute("name") == "call 1: qemu prepare/begin of win11");
  CHECK(suite.children[0].children.empty());
  CHECK(suite.children[1].child_attribute("failure", "message") ==
        "ending and commands changed; consequence start-refused (was none)");
  CHECK_THAT(suite.children[1].child_text("failure"),
             ContainsSubstring("- exit status 0\n+ exit status 1\n"));
  CHECK_THAT(suite.children[1].child_text("failure"),
             ContainsSubstring("reproduce: hookjournal replay --call 2 --scripts"));
  CHECK(suite.children[2].child_attribute("error", "message") ==
        "it ran longer than 30s");
  CHECK(suite.children[4].child_attribute("failure", "type") == "leak");
}

TEST_CASE("JUnit XML is well-formed whatever bytes scripts printed", "[cli]") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  all += "]]>\xef\xbf\xbe\xed\xa0\x80<!-- & \"'";
  ReplayedCall call = refused_call(1, "guest" + all);
  call.verdict.differences[0] = {Field::err, "qemu" + all, all, all, all + "\n"};
  call.notes = {all};
  ReplayedCall hung = replayed(3, Verdict::inconclusive);
  hung.verdict.reason = all;

  const StrictElement suites = suites_of({call, hung});

  const StrictElement& suite = suite_of(suites);
  CHECK_THAT(*suite.children[0].attribute("name"), ContainsSubstring("]]>"));
  CHECK_THAT(*suite.children[0].attribute("name"), ContainsSubstring("\\x1b"));
  CHECK_THAT(suite.children[0].child_text("failure"),
             ContainsSubstring("]]>\\u{fffe}\\xed\\xa0\\x80<!-- & \"'"));
}

TEST_CASE("JUnit XML does not fail what is accepted or was not asked about", "[cli]") {
  ReplayedCall accepted_call = refused_call(1);
  accepted_call.accepted = true;
  ReplayedCall drifted = replayed(2, Verdict::drift);
  drifted.verdict.drift = {{Field::err, "qemu", "", "a\n", "b\n"}};

  const StrictElement suites = suites_of({accepted_call, drifted});

  const StrictElement& suite = suite_of(suites);
  CHECK(suite.attribute("failures") == "0");
  CHECK_THAT(suite.children[0].child_text("system-out"),
             ContainsSubstring("changed as accepted (3f9a0c12d4e5)"));
  CHECK_THAT(suite.children[1].child_text("system-out"),
             ContainsSubstring("not as it was recorded:\nstderr of qemu\n- a\n+ b\n\n"
                               "reproduce: hookjournal replay --call 2 "));
}

TEST_CASE("JUnit XML counts as the exit status does", "[cli]") {
  ReplayedCall drifted = replayed(2, Verdict::drift);
  drifted.verdict.drift = {{Field::err, "qemu", "", "a\n", "b\n"}};
  ReplayedCall noisy = drifted;
  noisy.verdict.verdict = Verdict::noise;
  ReplayedCall same_consequence = refused_call(3);
  same_consequence.verdict.after = Consequence::none;

  const auto on_drift = suites_of({drifted, noisy}, {}, {FailOn::drift, false});
  const auto on_consequence = suites_of({same_consequence, refused_call(4)},
                                        {leak_after(4)}, {FailOn::consequence, false});
  const auto allowed =
      suites_of({replayed(3, Verdict::inconclusive)}, {}, {FailOn::changed, true});

  CHECK(suite_of(on_drift).attribute("failures") == "2");
  CHECK(suite_of(on_consequence).attribute("failures") == "1");
  CHECK(suite_of(allowed).attribute("errors") == "0");
  CHECK(suite_of(allowed).attribute("skipped") == "1");
  CHECK_THAT(suite_of(on_drift).children[0].child_text("failure"),
             ContainsSubstring("reproduce: hookjournal replay --call 2 "));
  CHECK_THAT(suite_of(allowed).children[0].child_text("system-out"),
             ContainsSubstring("reproduce: hookjournal replay --call 3 "));
}

}  // namespace
}  // namespace hookjournal
