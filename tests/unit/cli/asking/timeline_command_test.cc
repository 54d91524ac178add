#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

// Calls of one guest, a second apart.
class Guest {
 public:
  explicit Guest(SampleJournal& journal) : journal_(journal) {}

  Guest& call(const std::string& operation, const Ending& ending = Exited{0},
              const std::string& extra = "-") {
    const bool ends = operation == "stopped" || operation == "release";
    journal_.add("qemu", {"win11", operation, ends ? "end" : "begin", extra}, ending,
                 at_);
    at_ += kSecondNs;
    return *this;
  }
  Guest& daemon_starts() {
    journal_.add("daemon", {"-", "start", "-", "start"}, Exited{0}, at_);
    at_ += kSecondNs;
    return *this;
  }

 private:
  SampleJournal& journal_;
  std::int64_t at_ = kSampleTime;
};

CommandResult timeline(const SampleJournal& journal, Words words = {}) {
  words.insert(words.begin(), {"timeline", "--journal", journal.file()});
  return run_command(run_timeline, words);
}

std::vector<nlohmann::json> lives(const SampleJournal& journal, Words words = {}) {
  words.push_back("--json");
  std::istringstream lines(timeline(journal, words).out);
  std::vector<nlohmann::json> lives;
  for (std::string line; std::getline(lines, line);)
    lives.push_back(nlohmann::json::parse(line));
  return lives;
}

TEST_CASE("timeline tells one lifecycle after another", "[cli][timeline]") {
  SampleJournal journal;
  Guest(journal)
      .call("prepare")
      .call("start")
      .call("started")
      .call("stopped")
      .call("release", Exited{0}, "shutdown")
      .call("prepare");
  const auto found = lives(journal, {"win11"});
  REQUIRE(found.size() == 2);
  CHECK(found[0]["calls"].size() == 5);
  CHECK(found[0]["regular"] == true);
  CHECK(found[0]["remarks"].empty());
  const CommandResult text = timeline(journal, {"win11"});
  CHECK(text.status == 0);
  CHECK_THAT(text.out, ContainsSubstring("release (shutdown)"));
}

TEST_CASE("timeline says what is irregular", "[cli][timeline]") {
  SampleJournal journal;
  Guest(journal).call("prepare").call("start").call("started").call("release");
  const CommandResult text = timeline(journal, {"--irregular"});
  CHECK_THAT(text.out, ContainsSubstring("a call before it is missing"));
  CHECK_THAT(text.out, ContainsSubstring("stopped"));
  CHECK(lives(journal)[0]["calls"][3]["irregularity"] == "missing-call");
}

TEST_CASE("timeline says when the record ends in the middle", "[cli][timeline]") {
  SampleJournal journal;
  Guest(journal).call("prepare").call("start").call("started").call("stopped");
  CHECK(lives(journal)[0]["end"] == "unfinished");
}

TEST_CASE("a failed prepare makes the release that follows normal", "[cli][timeline]") {
  SampleJournal journal;
  Guest(journal).call("prepare", Exited{1}).call("stopped").call("release");
  const auto found = lives(journal);
  REQUIRE(found.size() == 1);
  CHECK(found[0]["regular"] == true);
  CHECK(found[0]["remarks"][0] == "start-failed");
}

TEST_CASE("a daemon's restart and what it killed are remarked", "[cli][timeline]") {
  SampleJournal journal;
  Guest(journal)
      .call("prepare")
      .call("start")
      .call("started")
      .daemon_starts()
      .call("reconnect", Exited{1})
      .call("stopped")
      .call("release", Exited{0}, "daemon");
  const auto found = lives(journal, {"win11"});
  REQUIRE(found.size() == 1);
  CHECK(found[0]["regular"] == true);
  CHECK(found[0]["remarks"] == nlohmann::json({"daemon-restart", "killed"}));
}

TEST_CASE("a guest that ran before the record begins is no irregularity",
          "[cli][timeline]") {
  SampleJournal journal;
  Guest(journal).call("stopped").call("release");
  CHECK(lives(journal)[0]["remarks"] == nlohmann::json({"joined-midway"}));
  CHECK(timeline(journal, {"--irregular"}).out.empty());
}

TEST_CASE("timeline of what is not recorded says so", "[cli][timeline]") {
  const SampleJournal journal;
  const CommandResult text = timeline(journal, {"nobody"});
  CHECK(text.status == 0);
  CHECK_THAT(text.err, ContainsSubstring("no recorded lifecycle"));
}

}  // namespace
}  // namespace hookjournal
