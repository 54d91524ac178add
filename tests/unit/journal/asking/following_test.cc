#include "journal/asking/following.h"

#include "tests/unit/catch.h"
#include "tests/unit/cli/sample_journal.h"

namespace hookjournal {
namespace {

using Seen = std::vector<std::pair<std::string, Outcome>>;

// Follows a journal by a clock of its own.
class Follower {
 public:
  explicit Follower(const SampleJournal& journal, Selection selection = {})
      : following_(journal.file(), std::move(selection), kSecondNs) {}

  Seen last() {
    Seen seen;
    following_.tell_last([&seen](const CallRecord& call) {
      seen.emplace_back(call.object, call.outcome);
    });
    return seen;
  }
  Seen look(std::int64_t now_ns = kSampleTime) {
    Seen seen;
    following_.look(now_ns, [&seen](const CallRecord& call) {
      seen.emplace_back(call.object, call.outcome);
    });
    return seen;
  }
  const Following& following() const { return following_; }

 private:
  Following following_;
};

RunStarted start_of(const std::string& guest) {
  return run_start("qemu", {guest, "prepare", "begin", "-"});
}

TEST_CASE("who follows is told of each call once it has ended", "[journal][follow]") {
  SampleJournal journal;
  journal.add("qemu", {"old", "prepare", "begin", "-"});
  Follower follower(journal);
  CHECK(follower.look().empty());

  journal.add("qemu", {"web", "prepare", "begin", "-"});
  journal.add("qemu", {"db", "prepare", "begin", "-"}, Exited{1});

  CHECK(follower.look() == Seen{{"web", Outcome::ok}, {"db", Outcome::failed}});
  CHECK(follower.look().empty());
}

TEST_CASE("a call that takes long is told as running, once, and when it has ended",
          "[journal][follow]") {
  SampleJournal journal;
  Follower follower(journal);
  const auto run = journal.writer().start(start_of("web"), {});

  CHECK(follower.look(kSampleTime + kSecondNs / 2).empty());
  CHECK(follower.following().due_ns() == kSampleTime + kSecondNs);
  CHECK(follower.look(kSampleTime + kSecondNs) == Seen{{"web", Outcome::running}});
  CHECK(follower.look(kSampleTime + 2 * kSecondNs).empty());
  CHECK_FALSE(follower.following().due_ns());

  journal.writer().end(run, run_end(Exited{1}));
  CHECK(follower.look(kSampleTime + 3 * kSecondNs) == Seen{{"web", Outcome::failed}});
}

TEST_CASE("what ran already when following began is told, too", "[journal][follow]") {
  SampleJournal journal;
  const auto run = journal.writer().start(start_of("web"), {});
  Follower follower(journal);

  CHECK(follower.look(kSampleTime + kSecondNs) == Seen{{"web", Outcome::running}});
  journal.writer().end(run, run_end(Exited{0}));
  CHECK(follower.look(kSampleTime + kSecondNs) == Seen{{"web", Outcome::ok}});
}

TEST_CASE("a call between two of its scripts has not ended", "[journal][follow]") {
  SampleJournal journal;
  Follower follower(journal);
  RunStarted first = start_of("web");
  first.planned = {"qemu", "qemu.d/10-x"};
  journal.add(first, run_end(Exited{0}));

  CHECK(follower.look(kSampleTime + kSecondNs).empty());
  RunStarted second = run_start("qemu.d/10-x", {"web", "prepare", "begin", "-"},
                                kSampleTime + kSecondNs / 10);
  second.planned = first.planned;
  journal.add(second, run_end(Exited{3}, second.at.wall_ns));
  CHECK(follower.look(kSampleTime + kSecondNs) == Seen{{"web", Outcome::failed}});
  CHECK(follower.look(kSampleTime + 2 * kSecondNs).empty());
}

TEST_CASE("a script that is never recorded keeps a call back for a moment only",
          "[journal][follow]") {
  SampleJournal journal;
  Follower follower(journal);
  RunStarted first = start_of("web");
  first.planned = {"qemu", "qemu.d/10-x"};
  journal.add(first, run_end(Exited{0}));

  CHECK(follower.look(kSampleTime + kSecondNs).empty());
  CHECK(follower.look(kSampleTime + 2 * kSecondNs) == Seen{{"web", Outcome::ok}});
}

TEST_CASE("the last calls are told first, and not again", "[journal][follow]") {
  SampleJournal journal;
  for (const char* guest : {"one", "two", "three"})
    journal.add("qemu", {guest, "prepare", "begin", "-"});
  Follower follower(journal, Selection{.last = 2});

  CHECK(follower.last() == Seen{{"two", Outcome::ok}, {"three", Outcome::ok}});
  CHECK(follower.look().empty());
  journal.add("qemu", {"four", "prepare", "begin", "-"});
  CHECK(follower.look() == Seen{{"four", Outcome::ok}});
}

TEST_CASE("only the selected calls are told", "[journal][follow]") {
  SampleJournal journal;
  Selection selection;
  selection.objects = {"web"};
  selection.outcomes = {Outcome::failed};
  Follower follower(journal, selection);

  journal.add("qemu", {"web", "prepare", "begin", "-"});
  journal.add("qemu", {"db", "prepare", "begin", "-"}, Exited{1});
  journal.add("qemu", {"web", "prepare", "begin", "-"}, Exited{1});

  CHECK(follower.look() == Seen{{"web", Outcome::failed}});
}

TEST_CASE("a journal that takes the place of the followed one is followed",
          "[journal][follow]") {
  SampleJournal journal, other;
  Follower follower(journal);
  journal.add("qemu", {"before", "prepare", "begin", "-"});
  CHECK(follower.look(kSampleTime + kSecondNs).size() == 1);
  other.add("qemu", {"old", "prepare", "begin", "-"}, Exited{0}, kSampleTime - kSecondNs);

  for (const char* end : {"", "-wal", "-shm"})
    std::filesystem::rename(other.file().string() + end, journal.file().string() + end);
  CHECK(follower.look(kSampleTime + 2 * kSecondNs).empty());
  CHECK(follower.following().replaced() == 1);

  JournalWriter writer(journal.file(), std::chrono::seconds(5));
  const auto run = writer.start(start_of("after"), {});
  writer.end(run, run_end(Exited{0}));
  CHECK(follower.look(kSampleTime + 3 * kSecondNs) == Seen{{"after", Outcome::ok}});
}

TEST_CASE("a checkpoint is no news, and what comes after it is told",
          "[journal][follow]") {
  SampleJournal journal;
  Follower follower(journal);
  journal.add("qemu", {"web", "prepare", "begin", "-"});
  CHECK(follower.look().size() == 1);

  Database(journal.file(), Database::Mode::write, std::chrono::seconds(5))
      .exec("pragma wal_checkpoint(truncate)");
  CHECK(follower.look().empty());
  journal.add("qemu", {"db", "prepare", "begin", "-"});
  CHECK(follower.look() == Seen{{"db", Outcome::ok}});
}

}  // namespace
}  // namespace hookjournal
