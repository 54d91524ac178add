#include "replay/forensics/bisection.h"

#include "tests/unit/catch.h"
#include "tests/unit/replay/simulation/recorded_host.h"

namespace hookjournal {
namespace {

using Finding = Bisection::Finding;
using Files = std::map<std::string, std::string>;
using Paths = std::vector<std::string>;

// A call of guest a succeeds with the first of these versions of the scripts; guest b
// makes a call with each of the others; a's call fails with the last.
struct Story {
  RecordedHost host;
  FakeMaker maker;
  std::int64_t good = 0, bad = 0;

  explicit Story(const std::vector<Files>& versions, const Ending& failure = Exited{1}) {
    for (std::size_t i = 0; i < versions.size(); ++i) {
      for (const auto& [name, text] : versions[i]) host.script(name, text);
      if (i == 0) good = host.call("a", "prepare");
      if (i > 0 && i + 1 < versions.size()) host.call("b", "prepare");
    }
    bad = host.call("a", "prepare", {.ending = failure});
  }

  Bisection bisection() {
    auto journal = host.reader();
    return bisect(journal, *journal.call(bad), *journal.call(good), maker, {});
  }
};

std::string v(int number) { return "print " + std::to_string(number) + "\n"; }

TEST_CASE("the first bad of many versions is found by halving", "[replay][forensics]") {
  std::vector<Files> versions;
  for (int i = 0; i < 32; ++i)
    versions.push_back({{"qemu", v(i) + (i >= 21 ? "exit 1\n" : "")}});
  Story story(versions);

  const Bisection found = story.bisection();

  REQUIRE(found.verdict == Finding::found);
  REQUIRE(found.versions.size() == 32);
  CHECK(found.last_good == 20);
  CHECK(found.first_bad == 21);
  CHECK(found.guilty == Paths{"qemu"});
  REQUIRE(found.files.size() == 1);
  CHECK(found.files[0].text.find("+exit 1") != std::string::npos);
  CHECK(found.trials <= 2 + 5);
}

TEST_CASE("of several changed files the one that fails alone is named",
          "[replay][forensics]") {
  Story story({{{"qemu", v(0)}, {"lib/net", "0"}, {"lib/disk", "0"}},
               {{"qemu", "exit 1\n"}, {"lib/net", "1"}, {"lib/disk", "1"}}});

  const Bisection found = story.bisection();

  CHECK(found.verdict == Finding::found);
  CHECK(found.files.size() == 3);
  CHECK(found.guilty == Paths{"qemu"});
  CHECK_FALSE(found.together);
}

TEST_CASE("files that only fail together are named together, and no others",
          "[replay][forensics]") {
  // What a filter prints is what the next script reads.
  RecordedHost host;
  const Paths both = {"qemu", "qemu.d/10-a"};
  host.script("qemu", "write /run/a 0\n");
  host.script("qemu.d/10-a", "write /run/b 0\n");
  host.script("lib/c", "0");
  const auto good = host.call("a", "migrate", {.scripts = both});
  host.script("qemu", "print <x/>\n");
  host.script("qemu.d/10-a", "refuse <x/>\n");
  host.script("lib/c", "1");
  const auto bad = host.call("a", "migrate", {.scripts = both, .ending = Exited{1}});
  auto journal = host.reader();
  FakeMaker maker;

  const Bisection found =
      bisect(journal, *journal.call(bad), *journal.call(good), maker, {});

  CHECK(found.verdict == Finding::found);
  CHECK(found.files.size() == 3);
  CHECK(found.together);
  CHECK(found.guilty == both);
}

TEST_CASE("scripts that fail with the success's version too are not it",
          "[replay][forensics]") {
  Story story({{{"qemu", "exit 1\n"}}, {{"qemu", "print x\nexit 1\n"}}});
  CHECK(story.bisection().verdict == Finding::not_the_scripts);
}

TEST_CASE("with the same scripts at both ends there is nothing to bisect",
          "[replay][forensics]") {
  Story story(std::vector<Files>{Files{{"qemu", "exit 1\n"}}});
  CHECK(story.bisection().verdict == Finding::same_scripts);
  CHECK(story.maker.opened == 0);
}

TEST_CASE("a failure that the sandbox does not show is not bisected",
          "[replay][forensics]") {
  Story story({{{"qemu", v(0)}}, {{"qemu", v(1)}}, {{"qemu", v(2)}}});
  const Bisection found = story.bisection();
  CHECK(found.verdict == Finding::not_reproduced);
  CHECK(found.trials == 1);
}

TEST_CASE("a version that cannot be judged is passed over", "[replay][forensics]") {
  Story story({{{"qemu", v(0)}},
               {{"qemu", v(1)}},
               {{"qemu", "break it\n"}},
               {{"qemu", "exit 7\n"}},
               {{"qemu", "exit 1\n"}},
               {{"qemu", "print x\nexit 1\n"}}});
  const Bisection found = story.bisection();
  REQUIRE(found.verdict == Finding::found);
  CHECK(found.last_good == 1);
  CHECK(found.first_bad == 4);
}

TEST_CASE("versions stand from that of the success to that of the failure",
          "[replay][forensics]") {
  Story story({{{"qemu", v(0)}}, {{"qemu", v(1)}}, {{"qemu", v(0)}}, {{"qemu", v(2)}}});
  auto journal = story.host.reader();
  const auto success = *journal.call(story.good), call = *journal.call(story.bad);
  const auto versions = versions_between(journal, success, call);
  REQUIRE(versions.size() == 3);
  CHECK(versions.front().digest == success.tree);
  CHECK(versions.back().digest == call.tree);
}

}  // namespace
}  // namespace hookjournal
