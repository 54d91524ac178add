#include <nlohmann/json.hpp>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

constexpr std::int64_t kMs = 1'000'000;

class Host {
 public:
  // A second after the one before.
  void call(const std::string& operation, std::int64_t elapsed_ms,
            const Ending& ending = Exited{0}, const std::string& guest = "web1") {
    at_ += kSecondNs;
    journal_.add(run_start("qemu", {guest, operation, "begin", "-"}, at_),
                 run_end(ending, at_, elapsed_ms * kMs));
  }
  CommandResult stats(Words words = {}) const {
    words.insert(words.begin(), {"stats", "--journal", journal_.file()});
    return run_command(run_stats, words);
  }
  nlohmann::json json(Words words = {}) const {
    words.emplace_back("--json");
    return nlohmann::json::parse(stats(words).out);
  }
  SampleJournal& journal() { return journal_; }

 private:
  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

TEST_CASE("stats counts calls, failures and times for each operation and script",
          "[cli][stats]") {
  Host host;
  for (int i = 1; i <= 100; ++i) host.call("prepare", i);
  host.call("release", 7, Exited{1});
  const auto json = host.json();
  REQUIRE(json["operations"].size() == 2);
  const auto& prepare = json["operations"][0];
  CHECK(prepare["operation"] == "prepare");
  CHECK(prepare["calls"] == 100);
  CHECK(prepare["failed"] == 0);
  CHECK(prepare["p50_ns"] == 50 * kMs);
  CHECK(prepare["p90_ns"] == 90 * kMs);
  CHECK(prepare["p99_ns"] == 99 * kMs);
  CHECK(prepare["max_ns"] == 100 * kMs);
  CHECK(prepare["total_ns"] == 5050 * kMs);
  CHECK(prepare["before"].is_null());
  CHECK(json["operations"][1]["failed"] == 1);
  REQUIRE(json["scripts"].size() == 1);
  CHECK(json["scripts"][0]["script"] == "qemu");
  CHECK(json["scripts"][0]["calls"] == 101);
  const std::string text = host.stats().out;
  CHECK_THAT(text, ContainsSubstring("qemu prepare    100"));
  CHECK_THAT(text, ContainsSubstring("OPERATION"));
}

TEST_CASE("stats tells the share of a start that hooks take", "[cli][stats]") {
  Host host;
  host.call("prepare", 100);
  host.call("start", 200);
  host.call("started", 500);
  // One that was refused is no start.
  host.call("prepare", 100, Exited{1}, "web2");
  host.call("stopped", 100, Exited{0}, "web2");
  host.call("started", 100, Exited{0}, "web2");
  const auto starts = host.json()["starts"];
  CHECK(starts["count"] == 1);
  CHECK(starts["elapsed_ns"] == 2500 * kMs);
  CHECK(starts["hooks_ns"] == 800 * kMs);
  CHECK_THAT(host.stats().out, ContainsSubstring("hooks ran for 32.0 % of it"));
}

TEST_CASE("with --since stats compares with the period before", "[cli][stats]") {
  Host host;  // calls are at 08:09:57, :58 ...
  host.call("prepare", 10);
  host.call("prepare", 10, Exited{1});
  host.call("prepare", 20, Exited{1});
  host.call("prepare", 20, Exited{1});
  host.call("prepare", 20, Exited{1});
  const Words period = {"--since", "2026-11-22T08:09:59Z", "--until",
                        "2026-11-22T08:10:02Z"};
  const auto json = host.json(period);
  CHECK(json["operations"][0]["calls"] == 3);
  CHECK(json["operations"][0]["before"]["calls"] == 2);
  CHECK(json["operations"][0]["before"]["p50_ns"] == 10 * kMs);
  CHECK_THAT(host.stats(period).out, ContainsSubstring("+50 %     +200 %  +100 %"));
}

TEST_CASE("stats is of the selected calls, and says when there are none",
          "[cli][stats]") {
  Host host;
  host.call("prepare", 10);
  host.call("prepare", 10, Exited{0}, "web2");
  CHECK(host.json({"--object", "web2"})["operations"][0]["calls"] == 1);
  const CommandResult none = host.stats({"--object", "web3"});
  CHECK(none.out.empty());
  CHECK_THAT(none.err, ContainsSubstring("no recorded call"));
}

TEST_CASE("what still runs has no time yet", "[cli][stats]") {
  Host host;
  host.journal().writer().start(run_start("qemu", {"web1", "prepare", "begin", "-"}), {});
  const auto json = host.json();
  CHECK(json["operations"][0]["calls"] == 1);
  CHECK(json["operations"][0]["total_ns"] == 0);
}

TEST_CASE("stats shows a terminal no raw bytes of names", "[cli][stats]") {
  Host host;
  host.call("\x1b]0;owned\x07", 10);
  CHECK_THAT(host.stats().out, !ContainsSubstring("\x1b"));
}

}  // namespace
}  // namespace hookjournal
