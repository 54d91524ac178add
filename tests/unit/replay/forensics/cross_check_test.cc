#include "replay/forensics/cross_check.h"

#include "engine/error.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/simulation/recorded_host.h"

namespace hookjournal {
namespace {

using Finding = CrossCheck::Finding;

const std::string kOld = "<domain><memory>1</memory></domain>\n";
const std::string kNew = "<domain><memory>2</memory></domain>\n";

// A success of guest a with these scripts and this XML, then its failure with those.
struct Story {
  std::string old_script = "print fine\n", new_script = old_script;
  std::string old_xml = kOld, new_xml = kOld;
  Ending failure = Exited{1};
};

struct Told {
  CrossCheck check;
  std::size_t sandboxes = 0;
};

Told told(const Story& story, const CrossCheckPlan& plan = {}) {
  RecordedHost host;
  host.script("qemu", story.old_script);
  const auto good = host.call("a", "prepare", {.input = story.old_xml});
  host.script("qemu", story.new_script);
  const auto bad =
      host.call("a", "prepare", {.input = story.new_xml, .ending = story.failure});
  auto journal = host.reader();
  FakeMaker maker;
  CrossCheck check =
      cross_check(journal, *journal.call(bad), *journal.call(good), maker, plan);
  return {std::move(check), maker.opened};
}

TEST_CASE("a failure that goes with the scripts is theirs", "[replay][forensics]") {
  const Told story = told({.new_script = "exit 1\n", .new_xml = kNew});
  CHECK(story.check.verdict == Finding::scripts);
  CHECK(story.check.outcome(true, true).as_recorded);
  CHECK(story.check.outcome(true, false).failed());
  CHECK(story.check.outcome(false, true).succeeded());
  CHECK(story.sandboxes == 8);  // each of the four twice
}

TEST_CASE("a failure that goes with the XML is its own, also with the same scripts",
          "[replay][forensics]") {
  const std::string picky = "refuse <memory>2\n";
  CHECK(told({.old_script = picky, .new_script = "print x\n" + picky, .new_xml = kNew})
            .check.verdict == Finding::xml);
  const Told same = told({.old_script = picky, .new_script = picky, .new_xml = kNew});
  CHECK(same.check.verdict == Finding::xml);
  CHECK(same.check.same_scripts);
  CHECK(same.sandboxes == 4);  // what is the same is not run again
}

TEST_CASE("a failure that takes both changes is undone by either",
          "[replay][forensics]") {
  CHECK(told({.new_script = "refuse <memory>2\n", .new_xml = kNew}).check.verdict ==
        Finding::either);
}

TEST_CASE("two changes that each fail are undone only together", "[replay][forensics]") {
  CHECK(
      told(
          {.old_script = "refuse <memory>2\n", .new_script = "exit 1\n", .new_xml = kNew})
          .check.verdict == Finding::both);
}

TEST_CASE("what fails with everything of the success too is neither",
          "[replay][forensics]") {
  CHECK(told({.old_script = "exit 1\n", .new_script = "exit 1\n", .new_xml = kNew})
            .check.verdict == Finding::neither);
}

TEST_CASE("what does not fail in the sandbox is not reproduced", "[replay][forensics]") {
  CHECK(told({}).check.verdict == Finding::not_reproduced);
}

TEST_CASE("nothing is concluded where a stand-in answered in place of the failure",
          "[replay][forensics]") {
  const Told story =
      told({.old_script = "answer systemctl\n", .new_script = "answer systemctl\n"});
  CHECK(story.check.verdict == Finding::inconclusive);
  CHECK(story.check.why.find("stand-ins answered for systemctl") != std::string::npos);
}

TEST_CASE("nothing is concluded from another failure than the recorded one",
          "[replay][forensics]") {
  const Told story = told({.new_script = "exit 7\n"});
  CHECK(story.check.verdict == Finding::inconclusive);
  CHECK(story.check.why.find("otherwise than recorded") != std::string::npos);
}

TEST_CASE("nothing is concluded from what comes out one way and then the other",
          "[replay][forensics]") {
  const Told story = told({.new_script = "waver 1\n"});
  CHECK(story.check.verdict == Finding::inconclusive);
  CHECK(story.check.why.find("succeeded once and failed once") != std::string::npos);
}

TEST_CASE("nothing is concluded where a sandbox fails", "[replay][forensics]") {
  const Told story = told({.new_script = "break no memory\n"});
  CHECK(story.check.verdict == Finding::inconclusive);
  CHECK(story.check.why.find("no memory") != std::string::npos);
}

TEST_CASE("another guest's XML is not tried", "[replay][forensics]") {
  const Told story =
      told({.new_script = "exit 1\n", .new_xml = kNew}, {.scripts_only = true});
  CHECK(story.check.verdict == Finding::scripts);
  CHECK(story.check.same_xml);
  CHECK(story.sandboxes == 4);
}

TEST_CASE("what earlier calls of its lifecycle do is there when it runs again",
          "[replay][forensics]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  host.call("a", "prepare");
  const auto good = host.call("a", "start");
  host.shut_down("a");
  host.script("qemu", "print y\n");
  host.call("a", "prepare");
  const auto bad = host.call("a", "start", {.ending = Exited{1}});
  auto journal = host.reader();
  FakeMaker maker;
  const CrossCheck check =
      cross_check(journal, *journal.call(bad), *journal.call(good), maker, {});
  REQUIRE_FALSE(maker.diaries.empty());
  const auto& runs = maker.diaries.front()->runs;
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].call.operation == "prepare");
  CHECK(runs[1].call.operation == "start");
  CHECK(check.verdict == Finding::not_reproduced);
}

TEST_CASE("a call whose input was cut is not run again", "[replay][forensics]") {
  RecordedHost host;
  host.script("qemu", "print x\n");
  const auto good = host.call("a", "prepare");
  const auto bad = host.call("a", "prepare", {.ending = Exited{1}, .truncated = true});
  auto journal = host.reader();
  FakeMaker maker;
  CHECK_THROWS_AS(
      cross_check(journal, *journal.call(bad), *journal.call(good), maker, {}), Error);
}

}  // namespace
}  // namespace hookjournal
