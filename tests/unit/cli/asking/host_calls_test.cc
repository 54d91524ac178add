#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

// What `run` and `simulate` add to the journal that `install` made.
namespace hookjournal {
namespace {

using Words = std::vector<std::string>;

class Host {
 public:
  Host() {
    std::filesystem::create_directories(hooks_.path() / "hookjournal");
    std::ofstream(hooks_.path() / "hookjournal" / "config.json")
        << nlohmann::json{{"journal", journal_.file().string()}};
    for (const Origin origin :
         {Origin::libvirt, Origin::run, Origin::simulate, Origin::other})
      add(origin, Exited{1}, kSampleTime);
  }
  void add(Origin origin, const Ending& ending, std::int64_t at_ns) {
    RunStarted start = run_start("qemu", {"web", "prepare", "begin", "-"}, at_ns);
    start.origin = origin;
    journal_.add(start, run_end(ending, at_ns));
  }
  CommandResult ask(CommandFunction command, Words words) const {
    words.insert(words.begin(), {"x", "--hooks-dir", hooks_.path()});
    return run_command(command, words);
  }
  const SampleJournal& journal() const { return journal_; }

 private:
  ScratchDir hooks_;
  SampleJournal journal_;
};

auto count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

constexpr const char* kNote =
    "hookjournal: 2 calls of `run` and `simulate` left out; --origin run,simulate shows "
    "them\n";

TEST_CASE("in a host's own journal simulated calls are left out, and it is said",
          "[cli][origin]") {
  const Host host;
  const auto log = host.ask(run_log, {"--json"});
  CHECK(count_of(log.out, "\n") == 2);
  CHECK(log.err == kNote);
  const auto groups = host.ask(run_log, {"--json", "--group-by", "driver"});
  CHECK(nlohmann::json::parse(groups.out)["calls"] == 2);
  CHECK(groups.err == kNote);
  const auto stats = host.ask(run_stats, {"--json"});
  CHECK(nlohmann::json::parse(stats.out)["operations"][0]["calls"] == 2);
  CHECK(nlohmann::json::parse(stats.out)["scripts"][0]["calls"] == 2);
  CHECK(stats.err == kNote);
  const auto failures = host.ask(run_failures, {"--json"});
  CHECK(nlohmann::json::parse(failures.out)["count"] == 2);
  CHECK(failures.err == kNote);
  const auto timeline = host.ask(run_timeline, {"--json"});
  CHECK(count_of(timeline.out, "\"origin\":\"simulate\"") == 0);
  CHECK(timeline.err == kNote);
  const auto shown = host.ask(run_show, {"--json", "--last", "all"});
  CHECK(count_of(shown.out, "\n") == 2);
}

TEST_CASE("a failure of this host is explained, not one that was simulated",
          "[cli][origin][explain]") {
  Host host;
  host.add(Origin::simulate, Exited{0}, kSampleTime - kSecondNs);
  host.add(Origin::simulate, Exited{1}, kSampleTime + kSecondNs);

  const auto explained = host.ask(run_explain, {"--last-failure", "--json"});

  const auto json = nlohmann::json::parse(explained.out);
  CHECK(json["call"]["origin"] == "other");
  CHECK(json["compared_with"].is_null());
}

TEST_CASE("who asks for simulated calls, or for a call by its number, gets them",
          "[cli][origin]") {
  const Host host;
  const auto simulated = host.ask(run_log, {"--json", "--origin", "simulate"});
  CHECK(count_of(simulated.out, "\n") == 1);
  CHECK(simulated.err.empty());
  CHECK(count_of(host.ask(run_log, {"--json", "--call", "1.."}).out, "\n") == 4);
}

TEST_CASE("in any other journal every call is shown", "[cli][origin]") {
  const Host host;
  const auto log =
      run_command(run_log, {"log", "--json", "--journal", host.journal().file()});
  CHECK(count_of(log.out, "\n") == 4);
  CHECK(log.err.empty());
}

}  // namespace
}  // namespace hookjournal
