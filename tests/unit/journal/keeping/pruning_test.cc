#include "journal/keeping/pruning.h"

#include "engine/error.h"
#include "journal/keeping/clock_check.h"
#include "journal/keeping/verify.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/keeping/flips.h"

using namespace hookjournal;
using namespace hookjournal::test;

namespace {

constexpr std::int64_t kFirst = 1'700'000'000'000'000'000;  // of RunMaker
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

PruneReport prune_before(const FreshJournal& fresh, std::int64_t at_ns) {
  auto journal = fresh.writer();
  return prune(journal, {.before_ns = at_ns, .reason = "test"});
}

}  // namespace

TEST_CASE("what is pruned is gone, the rest is whole and the chain holds", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 40);  // a call a second; then one that died, one that runs
  const PruneReport report = prune_before(fresh, kFirst + 20 * kSecond);
  CHECK(report.calls == 20);
  CHECK(report.events == 40);
  CHECK(report.blobs >= 20);
  auto reader = fresh.reader();
  CHECK_FALSE(reader.call(39));
  REQUIRE(reader.call(41));
  CHECK(reader.bytes(reader.call(41)->runs[0].input->blob).size() > 700);
  CHECK(reader.figures().calls == 22);
  const VerifyReport verified = verify(fresh.file(), {});
  CHECK(verified.sound());
  CHECK(verified.chain.pruned.events() == 40);
  CHECK(verified.chain.pruned.calls == 20);
}

TEST_CASE("pruning again and again leaves one record of all that is missing",
          "[journal]") {
  FreshJournal fresh;
  fill(fresh, 40);
  for (int second = 5; second <= 50; second += 5)
    prune_before(fresh, kFirst + second * kSecond);
  const VerifyReport report = verify(fresh.file(), {});
  CHECK(report.sound());
  CHECK(report.chain.pruned.calls == 41);
  // The one that runs, and the gap is gone with its time or stays with it.
  CHECK(report.calls == 1);
  auto journal = fresh.writer();
  CHECK(journal.database().number("select count(*) from events where kind = 6") == 1);
  RunMaker maker;
  maker.at_ms += 900'000;
  maker.run(journal, "qemu", {"g1", "prepare", "begin", "-"});
  CHECK(verify(fresh.file(), {}).sound());
}

TEST_CASE("failures are kept longer if asked for", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 40);
  auto journal = fresh.writer();
  const auto report = prune(journal, {.before_ns = kFirst + 40 * kSecond,
                                      .failures_before_ns = kFirst + 11 * kSecond});
  CHECK(report.calls == 32 + 3);
  CHECK(fresh.reader().figures().calls == 5 + 2);
  const VerifyReport verified = verify(fresh.file(), {});
  CHECK(verified.sound());
  CHECK(verified.chain.pruned.ranges.size() > 4);
}

TEST_CASE("a dry run says what would go, and nothing does", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 40);
  auto journal = fresh.writer();
  const auto report =
      prune(journal, {.before_ns = kFirst + 20 * kSecond, .dry_run = true});
  CHECK(report.calls == 20);
  CHECK(report.runs == 20);
  CHECK(journal.head().event == 84);
  CHECK(fresh.reader().figures().calls == 42);
}

TEST_CASE("a call in flight is never pruned, nor one that ended a moment ago",
          "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  journal.start(maker.start("qemu", {"old", "prepare", "begin", "-"}), {});
  maker.at_ms = now().wall_ns / 1'000'000 - 60'000;
  maker.run(journal, "qemu", {"young", "prepare", "begin", "-"});
  const auto report = prune(journal, {.before_ns = now().wall_ns, .max_bytes = 1});
  CHECK(report.calls == 0);
  CHECK(fresh.reader().figures().calls == 2);
}

TEST_CASE("pruning to a size removes the oldest and gives the room back", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 400);
  settle(fresh.file());
  const auto before = std::filesystem::file_size(fresh.file());
  auto journal = fresh.writer();
  const auto report = prune(journal, {.max_bytes = before / 2});
  CHECK(report.bytes_after <= before / 2);
  CHECK(report.bytes_after > before / 8);
  CHECK(std::filesystem::file_size(fresh.file()) <= before * 6 / 10);
  CHECK_FALSE(fresh.reader().call(1));
  CHECK(fresh.reader().call(799));
  CHECK(verify(fresh.file(), {}).sound());
}

TEST_CASE("a head noted of an event that was pruned since is no damage", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 10);
  const VerifyReport before = verify(fresh.file(), {});
  const Anchor newest{before.journal, before.chain.last, before.chain.head};
  const Anchor pruned{before.journal, 3, sha256("whatever")};
  prune_before(fresh, kFirst + 5 * kSecond);
  const VerifyReport report = verify(fresh.file(), {newest, pruned});
  CHECK(report.sound());
  CHECK(report.anchors.fitting == 1);
  CHECK(report.anchors.pruned == 1);
}

TEST_CASE("a clock that went ahead within a boot, or since, has jumped", "[journal]") {
  FreshJournal fresh;
  RunMaker maker;
  auto journal = fresh.writer();
  maker.run(journal, "qemu", {"g1", "prepare", "begin", "-"});
  const auto start = maker.start("qemu", {"g1", "release", "end", "-"});
  journal.whole(start, {}, {}, maker.end(start, Exited{0}));
  const auto jumped = [&](std::int64_t wall_days, std::int64_t up_days,
                          const std::string& boot) {
    return clock_jumped(journal.database(), journal.blobs(),
                        {start.at.wall_ns + wall_days * kDay,
                         (boot == "boot-1" ? start.at.boot_ns : 0) + up_days * kDay},
                        boot);
  };
  CHECK_FALSE(jumped(0, 0, "boot-1"));
  CHECK_FALSE(jumped(400, 400, "boot-1"));  // up for long, and nothing happened
  CHECK(jumped(400, 1, "boot-1"));
  CHECK_FALSE(jumped(6, 1, "boot-2"));
  CHECK(jumped(30, 1, "boot-2"));
  // A run recorded after the jump does not hide it; a prune by a person settles it.
  maker.at_ms += 400LL * 86'400'000;
  auto after = maker.start("qemu", {"g1", "prepare", "begin", "-"});
  after.at.boot_ns = start.at.boot_ns + kSecond;
  journal.whole(after, {}, {}, maker.end(after, Exited{0}));
  const Moment later{after.at.wall_ns + kSecond, after.at.boot_ns + kSecond};
  CHECK(clock_jumped(journal.database(), journal.blobs(), later, "boot-1"));
}
