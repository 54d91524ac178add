#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;
using trial::Trial;

namespace {

std::string domain(const std::string& id, const std::string& file) {
  return "<domain><id>" + id + "</id><disk file='" + file + "'/></domain>";
}

}  // namespace

TEST_CASE("a filter's output is compared by structure, and once", "[replay]") {
  const std::string old = domain("1", "/a");
  CHECK(Trial::of_outputs(old, old,
                          "<domain>\n  <id>1</id>\n  <disk file=\"/a\"/>\n"
                          "</domain>\n")
            .judge()
            .verdict == Verdict::same);
  CHECK(Trial::of_outputs(old, old, domain("1", "/b")).judge().differences ==
        std::vector<Difference>{{Field::output, "", "/domain/disk/@file", "/a", "/b"}});
}

TEST_CASE("what the old filter writes otherwise each time is noise there alone",
          "[replay]") {
  CHECK(Trial::of_outputs(domain("1", "/a"), domain("2", "/a"), domain("3", "/a"))
            .judge()
            .verdict == Verdict::noise);
  CHECK(Trial::of_outputs(domain("1", "/a"), domain("2", "/a"), domain("3", "/b"))
            .judge()
            .verdict == Verdict::changed);
}

TEST_CASE("an output that is no XML is compared by lines", "[replay]") {
  const std::string old = domain("1", "/a");
  CHECK(Trial::of_outputs(old, old, "debug\n" + old).judge().verdict == Verdict::changed);
  CHECK(Trial::of_outputs("x\n", "x\n", "y\n").judge().differences[0] ==
        Difference{Field::output, "", "", "x", "y"});
}

TEST_CASE("a filter that falls silent has changed", "[replay]") {
  Trial it = Trial::of_outputs("<domain/>", "<domain/>", "");
  it.candidate.output.reset();
  CHECK(it.judge().verdict == Verdict::changed);
  CHECK(it.judge().differences[0].field == Field::output);
}

TEST_CASE("an output that libvirt refuses changes the answer", "[replay]") {
  Trial it = Trial::of_outputs("<domain/>", "<domain/>", "<network/>");
  it.candidate.output_judgement = OutputJudgement{OutputVerdict::invalid, "XML error"};
  it.candidate.consequence = Consequence::restore_refused;
  const CallVerdict verdict = it.judge();
  CHECK(verdict.differences[0].field == Field::answer);
  CHECK(verdict.differences[0].after == "refused output: XML error");
}

TEST_CASE("a filter whose output is no longer the recorded one has drifted", "[replay]") {
  Trial it = Trial::of_outputs("<domain><a>2</a></domain>", "<domain><a>2</a></domain>",
                               "<domain><a>2</a></domain>");
  CHECK(it.judge().verdict == Verdict::same);
  it.recorded.output = it.recorded.runs[0].out = "<domain><a>1</a></domain>";
  CHECK(it.judge().drift ==
        std::vector<Difference>{{Field::output, "", "/domain/a", "1", "2"}});
  it.recorded.runs[0].out_whole = false;
  CHECK(it.judge().verdict == Verdict::same);
}

TEST_CASE("a recorded time is not the time of the replay, and no drift", "[replay]") {
  const std::string now = "<domain><at>2026-11-22T08:00:00Z</at></domain>";
  Trial it = Trial::of_outputs(now, now, now);
  it.recorded.output = it.recorded.runs[0].out =
      "<domain><at>2025-01-01T10:00:00Z</at></domain>";
  CHECK(it.judge().verdict == Verdict::same);
}
