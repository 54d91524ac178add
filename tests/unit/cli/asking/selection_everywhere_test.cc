#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/unit/catch.h"
#include "tests/unit/cli/command_result.h"
#include "tests/unit/cli/sample_journal.h"

// Each selection option means the same to every command that takes it.
namespace hookjournal {
namespace {

using Words = std::vector<std::string>;
using Guests = std::set<std::string>;

// Calls that all failed, each of a guest of its own, and each different in one thing.
class Guesthouse {
 public:
  Guesthouse() {
    add("plain", [](RunStarted&, RunEnded&) {});
    add("container", [](RunStarted& start, RunEnded&) { start.script = "lxc"; });
    add("released", [](RunStarted& start, RunEnded&) { start.arguments[1] = "release"; });
    add("second", [](RunStarted& start, RunEnded&) { start.script = "qemu.d/10-x"; });
    add("elsewhere",
        [](RunStarted& start, RunEnded&) { start.context.host_name = "kvm8"; });
    add("by-hand", [](RunStarted& start, RunEnded&) { start.origin = Origin::other; });
    add("slow", [](RunStarted&, RunEnded& end) {
      end.elapsed_ns = 3 * kSecondNs;
      end.at.wall_ns += 3 * kSecondNs;
    });
    add(
        "known", [](RunStarted&, RunEnded&) {},
        "<domain><uuid>1b4e28ba-2fa1-11d2-883f-0016d3cca427</uuid></domain>");
    add("newest", [](RunStarted&, RunEnded&) {});
  }

  Guests asked(CommandFunction command, const Words& words) const {
    Words all{"x", "--journal", journal_.file(), "--json"};
    all.insert(all.end(), words.begin(), words.end());
    const CommandResult result = run_command(command, all);
    CHECK(result.status == 0);
    Guests guests;
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);) {
      const auto json = nlohmann::json::parse(line);
      if (json.contains("objects"))
        guests.merge(json["objects"].get<Guests>());
      else
        guests.insert(json["object"]);
    }
    return guests;
  }
  Guests grouped(const Words& words) const {
    Words all{"x", "--journal", journal_.file(), "--json", "--group-by", "object"};
    all.insert(all.end(), words.begin(), words.end());
    Guests guests;
    std::istringstream lines(run_command(run_log, all).out);
    for (std::string line; std::getline(lines, line);)
      guests.insert(nlohmann::json::parse(line)["group"]);
    return guests;
  }
  std::size_t counted(const Words& words) const {
    Words all{"x", "--journal", journal_.file(), "--json"};
    all.insert(all.end(), words.begin(), words.end());
    std::size_t calls = 0;
    const auto json = nlohmann::json::parse(run_command(run_stats, all).out);
    for (const auto& row : json["operations"]) calls += row["calls"].get<std::size_t>();
    return calls;
  }
  std::string exported(const Words& words) const {
    const ScratchDir folder;
    Words all{"export", folder.path() / "bundle", "--journal", journal_.file()};
    all.insert(all.end(), words.begin(), words.end());
    return run_command(run_export, all).out;
  }
  const SampleJournal& journal() const { return journal_; }

 private:
  template <typename Change>
  void add(const std::string& guest, const Change& change, const std::string& xml = "") {
    at_ += 60 * kSecondNs;
    RunStarted start = run_start("qemu", {guest, "prepare", "begin", "-"}, at_);
    RunEnded end = run_end(Exited{1}, at_);
    change(start, end);
    start.planned = {start.script};
    journal_.add(start, end,
                 xml.empty() ? std::nullopt : std::optional<KeptStream>(kept(xml)));
  }

  SampleJournal journal_;
  std::int64_t at_ = kSampleTime;
};

TEST_CASE("each selection option means the same to every command", "[cli][selection]") {
  const Guesthouse house;
  struct Row {
    Words words;
    Guests guests;
  };
  const Row rows[] = {
      {{"--driver", "lxc"}, {"container"}},
      {{"--object", "plain"}, {"plain"}},
      {{"--uuid", "1b4e28ba-2fa1-11d2-883f-0016d3cca427"}, {"known"}},
      {{"--operation", "release"}, {"released"}},
      {{"--consequence", "ignored"}, {"released"}},
      {{"--script", "qemu.d/10-x"}, {"second"}},
      {{"--since", "2026-11-22T08:18:00Z"}, {"newest"}},
      {{"--until", "2026-11-22T08:11:00Z"}, {"plain"}},
      {{"--slower-than", "2s"}, {"slow"}},
      {{"--call", "1"}, {"plain"}},
      {{"--host", "kvm8"}, {"elsewhere"}},
      {{"--origin", "other"}, {"by-hand"}},
      {{"--grep", "0016d3cca427"}, {"known"}},
      {{"--xpath", "/domain/uuid"}, {"known"}},
      {{"--last", "1"}, {"newest"}},
      {{"--outcome", "failed", "--last", "2"}, {"known", "newest"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.words);
    CHECK(house.asked(run_log, row.words) == row.guests);
    CHECK(house.asked(run_show, row.words) == row.guests);
    CHECK(house.asked(run_failures, row.words) == row.guests);
    CHECK(house.asked(run_timeline, row.words) == row.guests);
    CHECK(house.grouped(row.words) == row.guests);
    CHECK(house.counted(row.words) == row.guests.size());
    CHECK_THAT(
        house.exported(row.words),
        ContainsSubstring("wrote " + std::to_string(row.guests.size()) + " calls"));
  }
}

TEST_CASE("an outcome that is no failure leaves failures nothing", "[cli][selection]") {
  const Guesthouse house;
  CHECK(house.asked(run_failures, {"--outcome", "ok"}).empty());
}

TEST_CASE("show needs calls, by number or by selection, and not both",
          "[cli][selection]") {
  const Guesthouse house;
  const std::string file = house.journal().file();
  CHECK(run_command(run_show, {"show", "--journal", file}).status == 2);
  CHECK(run_command(run_show, {"show", "--journal", file, "1", "--last", "1"}).status ==
        2);
  CHECK(run_command(run_show, {"show", "--journal", file, "--object", "no"}).err ==
        "hookjournal: no recorded call is like that\n");
}

}  // namespace
}  // namespace hookjournal
