#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "journal/keeping/compacting.h"
#include "journal/keeping/exporting.h"
#include "journal/keeping/importing.h"
#include "journal/keeping/pruning.h"
#include "journal/keeping/redacting.h"
#include "journal/keeping/verify.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/keeping/flips.h"

using namespace hookjournal;
using namespace hookjournal::test;

namespace {

constexpr int kHooks = 20;
constexpr int kRunsEach = 25;

// One hook after the other, each with a connection of its own, as the recorder's writers.
// The UUIDs of the runs it has been told are durable.
std::vector<std::string> call_hooks(const FreshJournal& fresh, int hook) {
  std::vector<std::string> durable;
  RunMaker maker;
  maker.daemon = 1000 + hook;
  maker.at_ms = now().wall_ns / 1'000'000;
  for (int i = 0; i < kRunsEach; ++i) {
    const auto start =
        maker.start("qemu", {"g" + std::to_string(hook), "prepare", "begin", "-"});
    const std::string xml = "<domain><boot n='7'/>" + std::to_string(hook * 100 + i) +
                            std::string(600, 'x') + "</domain>";
    JournalWriter journal(fresh.file(), std::chrono::seconds(60));
    const auto id = journal.start(start, KeptStream{xml, xml.size()});
    journal.end(id, maker.end(start, Exited{0}));
    durable.push_back(start.uuid);
    maker.at_ms += 20;
  }
  return durable;
}

std::uint64_t no_boots(std::string& bytes) {
  const auto at = bytes.find("boot n='7'");
  if (at == std::string::npos) return 0;
  bytes.replace(at, 10, "**********");
  return 1;
}

}  // namespace

TEST_CASE("prune, redact, compact and import under 20 hooks lose nothing that stays",
          "[journal]") {
  FreshJournal fresh, other;
  fill(fresh, 200);  // long ago
  fill(other, 60);
  const Bundle bundle = export_calls(other.file(), {}, {});
  std::vector<std::vector<std::string>> durable(kHooks);
  std::atomic<int> at_work{kHooks};
  std::vector<std::thread> hooks;
  for (int hook = 0; hook < kHooks; ++hook)
    hooks.emplace_back([&, hook] {
      durable[static_cast<std::size_t>(hook)] = call_hooks(fresh, hook);
      --at_work;
    });
  auto journal = JournalWriter(fresh.file(), std::chrono::seconds(60));
  import_bundle(journal, bundle);
  constexpr std::int64_t kFirst = 1'700'000'000'000'000'000, kSecond = 1'000'000'000;
  int rounds = 0;
  do {
    prune(journal,
          {.before_ns = kFirst + std::min(rounds * 20, 100) * kSecond, .reason = "test"});
    compact(journal);
    redact_journal(journal, no_boots, "test");
    ++rounds;
  } while (at_work > 0);
  for (std::thread& hook : hooks) hook.join();
  prune(journal, {.before_ns = kFirst + 100 * kSecond});
  redact_journal(journal, no_boots, "test");
  compact(journal);

  std::set<std::string> there;
  auto runs = journal.database().prepare("select uuid from script_runs");
  while (runs.next()) there.insert(runs.text(0));
  std::size_t lost = 0;
  for (const auto& of_hook : durable)
    for (const std::string& uuid : of_hook) lost += there.contains(uuid) ? 0 : 1;
  CHECK(rounds > 0);
  CHECK(lost == 0);
  CHECK(there.size() >= kHooks * kRunsEach + 100U);
  CHECK(journal.database().number("select count(*) from calls where outcome = 2") == 2);
  auto reader = fresh.reader();
  std::size_t secrets = 0;
  reader.for_each_call({}, [&](const CallRecord& call) {
    for (const RunRecord& run : call.runs)
      if (run.input)
        secrets += reader.bytes(run.input->blob).find("boot n='7'") != std::string::npos;
  });
  CHECK(secrets == 0);
  const VerifyReport report = verify(fresh.file(), {});
  for (const Damage& damage : report.damage.listed()) UNSCOPED_INFO(damage.what);
  CHECK(report.sound());
}

TEST_CASE("a sound journal is found sound while hooks write", "[journal]") {
  FreshJournal fresh;
  fill(fresh, 20);
  std::atomic<bool> writing{true};
  std::thread hooks([&] {
    call_hooks(fresh, 1);
    call_hooks(fresh, 2);
    writing = false;
  });
  int unsound = 0;
  while (writing)
    if (!verify(fresh.file(), {}).sound()) ++unsound;
  hooks.join();
  CHECK(unsound == 0);
}
