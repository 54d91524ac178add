#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Names = std::vector<std::string>;

constexpr std::int64_t kHour = 3600 * kSecondNs;

class Failing {
 public:
  // One call of a guest, an hour after the one before.
  std::int64_t call(const std::string& guest, const Ending& ending,
                    const std::string& err = "", const std::string& script = "qemu") {
    at_ += kHour;
    const RunStarted start = run_start(script, {guest, "prepare", "begin", "-"}, at_);
    RunEnded end = run_end(ending, at_);
    end.err = kept(err);
    return journal_.add(start, end);
  }
  std::int64_t now_ns() const { return at_; }

  CommandResult failures(Words words = {}) const {
    words.insert(words.begin(), {"failures", "--journal", journal_.file()});
    return run_command(run_failures, words);
  }
  std::vector<nlohmann::json> groups(Words words = {}) const {
    words.emplace_back("--json");
    std::istringstream lines(failures(words).out);
    std::vector<nlohmann::json> groups;
    for (std::string line; std::getline(lines, line);)
      groups.push_back(nlohmann::json::parse(line));
    return groups;
  }

 private:
  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

TEST_CASE("failures of one cause are one group, whatever numbers and names they tell",
          "[cli][failures]") {
  Failing host;
  const auto first = host.call("web1", Exited{3}, "web1: no bridge br7\n");
  const auto last = host.call("web2", Exited{3}, "web2: no bridge br12\n");
  const auto groups = host.groups();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0]["count"] == 2);
  CHECK(groups[0]["lines"] == Names{"<guest>: no bridge br<n>"});
  CHECK(groups[0]["objects"] == Names{"web1", "web2"});
  CHECK(groups[0]["first"]["call"] == first);
  CHECK(groups[0]["last"]["call"] == last);
  CHECK(groups[0]["rules"] == Names{"guest", "number"});
}

TEST_CASE("another script, ending or error is another group", "[cli][failures]") {
  Failing host;
  host.call("web1", Exited{3}, "no bridge\n");
  host.call("web2", Exited{3}, "no bridge\n", "qemu.d/10-x");
  host.call("web1", Exited{4}, "no bridge\n");
  host.call("web1", Signaled{3}, "no bridge\n");
  host.call("web1", NotStarted{3}, "no bridge\n");
  host.call("web1", Exited{3}, "no route\n");
  CHECK(host.groups().size() == 6);
}

TEST_CASE("a group still happens to guests that have not succeeded since",
          "[cli][failures]") {
  Failing host;
  host.call("web1", Exited{3});
  host.call("web2", Exited{3});
  host.call("web2", Exited{0});
  CHECK(host.groups()[0]["still_failing"] == Names{"web1"});
  CHECK_THAT(host.failures().out, ContainsSubstring("no success since: web1\n"));
  host.call("web1", Exited{0});
  CHECK(host.groups()[0]["still_failing"].empty());
  CHECK_THAT(host.failures().out, ContainsSubstring("each has succeeded since"));
}

TEST_CASE("with --since new groups come first, and only calls since then count",
          "[cli][failures]") {
  Failing host;
  host.call("web1", Exited{3}, "old\n");
  const std::int64_t since = host.now_ns() + 1;
  host.call("web1", Exited{3}, "new\n");
  host.call("web1", Exited{3}, "old\n");
  const std::string time = "2026-11-22T09:09:57Z";
  REQUIRE(since < kSampleTime + kHour + kSecondNs);
  const auto groups = host.groups({"--since", time});
  REQUIRE(groups.size() == 2);
  CHECK(groups[0]["lines"] == Names{"new"});
  CHECK(groups[0]["new"] == true);
  CHECK(groups[1]["new"] == false);
  CHECK(groups[1]["count"] == 1);
  CHECK(groups[1]["first"]["call"] == 1);
  CHECK_THAT(host.failures({"--since", time}).out, ContainsSubstring("new: qemu"));
}

TEST_CASE("failures tells what put a call into its group", "[cli][failures]") {
  Failing host;
  const auto id = host.call("web1", Exited{3}, "+ ip link\nweb1: no bridge br7\n");
  const std::string group = host.groups()[0]["group"];
  const CommandResult why = host.failures({"--why", std::to_string(id)});
  CHECK(why.status == 0);
  CHECK_THAT(why.out, ContainsSubstring("is of group " + group));
  CHECK_THAT(why.out, ContainsSubstring("printed  web1: no bridge br7"));
  CHECK_THAT(why.out, ContainsSubstring("read as  <guest>: no bridge br<n>"));
  CHECK_THAT(why.out, ContainsSubstring("rule     trace: "));
  CHECK_THAT(host.failures({"--rules"}).out, ContainsSubstring("uuid     <uuid>"));
  CHECK(host.groups({"--group", group}).size() == 1);
  CHECK(host.groups({"--group", "00000000"}).empty());
}

TEST_CASE("a call that has not failed is in no group", "[cli][failures]") {
  Failing host;
  const auto id = host.call("web1", Exited{0});
  const CommandResult why = host.failures({"--why", std::to_string(id)});
  CHECK(why.status == 2);
  CHECK_THAT(why.err, ContainsSubstring("its outcome is ok"));
  CHECK(host.failures().out.empty());
  CHECK_THAT(host.failures().err, ContainsSubstring("no recorded failure"));
}

TEST_CASE("the last of several failing scripts is the cause, as libvirt tells it",
          "[cli][failures]") {
  SampleJournal journal;
  RunStarted first = run_start("qemu", {"web1", "prepare", "begin", "-"});
  RunStarted second = run_start("qemu.d/10-x", {"web1", "prepare", "begin", "-"},
                                kSampleTime + kSecondNs);
  journal.add(first, run_end(Exited{1}));
  journal.add(second, run_end(Exited{2}, kSampleTime + kSecondNs));
  const CommandResult text =
      run_command(run_failures, {"failures", "--journal", journal.file()});
  CHECK_THAT(text.out, ContainsSubstring("qemu.d/10-x: exit status 2"));
  CHECK_THAT(text.out, !ContainsSubstring("exit status 1"));
}

TEST_CASE("failures shows a terminal no raw bytes of a script", "[cli][failures]") {
  Failing host;
  host.call("web1", Exited{3}, "\x1b]0;owned\x07\n");
  CHECK_THAT(host.failures().out, !ContainsSubstring("\x1b"));
  CHECK_THAT(host.failures({"--why", "1"}).out, !ContainsSubstring("\x1b"));
}

}  // namespace
}  // namespace hookjournal
