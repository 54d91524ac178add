#include "cli/replay/replay_reports.h"

#include <algorithm>

#include "tests/unit/catch.h"
#include "tests/unit/cli/replay/replay_findings.h"

namespace hookjournal {
namespace {

// What a replay of three calls, one changed and one with a leak, leaves on stdout.
std::string reported(const ReportChoice& choice) {
  const ReportContext context = replay_context();
  return shown_by([&](Output& output) {
    ReplayReports reports(output, context, choice);
    const ReplayListener listener = reports.listener();
    listener.progress({0, 3});
    listener.call(replayed(1, Verdict::same));
    listener.call(refused_call(2));
    listener.leak(leak_after(2));
    listener.call(replayed(3, Verdict::noise));
    listener.progress({3, 3});
    reports.finish(
        summary_of({{Verdict::same, 1}, {Verdict::changed, 1}, {Verdict::noise, 1}},
                   {group_of(refused_call(2)), group_of(leak_after(2))}),
        1);
  });
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("replay --show puts findings in full before the summary", "[cli]") {
  const std::string text = reported({.show = true});
  CHECK(text.starts_with("call 2  qemu prepare/begin of win11"));
  CHECK_THAT(text, ContainsSubstring("\nleft behind  by qemu win11 after call 2; aabb"));
  CHECK_THAT(text, !ContainsSubstring("call 1  qemu"));
  CHECK_THAT(text, ContainsSubstring("\nOf 3 recorded calls replayed"));
}

TEST_CASE("replay without --show tells the summary only", "[cli]") {
  CHECK(reported({}).starts_with("Of 3 recorded calls replayed"));
}

TEST_CASE("replay --json is one line for each call and leak, and the summary", "[cli]") {
  const std::string text = reported({.json = true});
  CHECK(lines_in(text) == 5);
  CHECK(text.starts_with(R"({"type":"call","id":1,)"));
  CHECK_THAT(text, ContainsSubstring("\n{\"type\":\"leak\",\"last_call\":2,"));
  CHECK_THAT(text, ContainsSubstring("\n{\"type\":\"summary\""));
}

TEST_CASE("reports go to their files, and text to standard output", "[cli]") {
  const ScratchDir folder;
  const std::string text =
      reported({.junit = folder.path() / "j.xml", .markdown = folder.path() / "m.md"});
  CHECK(text.starts_with("Of 3 recorded calls replayed"));
  CHECK(bytes_of(folder.path() / "j.xml").starts_with("<?xml"));
  CHECK(bytes_of(folder.path() / "m.md").starts_with("## Replay of 3"));
}

TEST_CASE("a report on standard output stands there alone", "[cli]") {
  CHECK(reported({.junit = "-"}).starts_with("<?xml"));
  CHECK(reported({.markdown = "-"}).starts_with("## Replay"));
}

TEST_CASE("a report that cannot be written is found out before the work", "[cli]") {
  const ReportContext context = replay_context();
  Output output(Output::Paging::never);
  CHECK_THROWS_WITH(ReplayReports(output, context, {.junit = "/no/such/folder/j.xml"}),
                    "cannot write the report /no/such/folder/j.xml: No such file or "
                    "directory");
}

}  // namespace
}  // namespace hookjournal
