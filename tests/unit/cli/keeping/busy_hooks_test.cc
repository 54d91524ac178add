#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>

#include "journal/keeping/compacting.h"
#include "journal/keeping/exporting.h"
#include "journal/keeping/importing.h"
#include "journal/keeping/pruning.h"
#include "journal/keeping/redacting.h"
#include "journal/keeping/verify.h"
#include "journal/upkeep.h"
#include "tests/places.h"
#include "tests/unit/catch.h"
#include "tests/unit/journal/keeping/flips.h"

using namespace hookjournal;
using namespace hookjournal::test;
namespace fs = std::filesystem;

namespace {

constexpr int kCallers = 20;
constexpr int kCallsEach = 4;

// A hooks directory whose script is recorded by the built program.
class RealHooks {
 public:
  explicit RealHooks(const FreshJournal& fresh)
      : hooks_(fresh.folder() / "hooks"), spool_(fresh.folder() / "spool") {
    fs::create_directories(hooks_ / "hookjournal");
    std::ofstream(hooks_ / "hookjournal/config.json")
        << R"({"journal": ")" << fresh.file().string() << R"(", "spool": ")"
        << spool_.string() << "\"}\n";
    std::ofstream(hooks_ / "qemu")
        << "#!" << hook_program() << " /bin/sh\ncat\necho boot n=\\'7\\' >&2\n";
    ::chmod((hooks_ / "qemu").c_str(), 0755);
  }

  static std::string input_of(const std::string& guest) {
    return "<domain><name>" + guest + "</name>" + std::string(900, 'x') + "</domain>";
  }

  // As libvirt would, with a pipe for each stream. False when the answer is not the
  // script's.
  bool call(const std::string& guest) const {
    const std::string xml = input_of(guest);
    const std::string command =
        "answer=$(printf '%s' '" + xml + "' | " + (hooks_ / "qemu").string() + " " +
        guest + " prepare begin - 2>/dev/null) && test \"$answer\" = '" + xml + "'";
    return std::system(command.c_str()) == 0;
  }

  std::vector<fs::path> spools(const FreshJournal& fresh) const {
    return {spool_, fresh.file().parent_path() / "spool"};
  }

 private:
  fs::path hooks_, spool_;
};

std::string guest_name(int caller, int call) {
  return "guest" + std::to_string(caller) + "-" + std::to_string(call);
}

std::uint64_t without_boots(std::string& bytes) {
  const auto at = bytes.find("boot n='7'");
  if (at == std::string::npos) return 0;
  bytes.replace(at, 10, "**********");
  return 1;
}

// Upkeep round after round until `at_work` is zero; how many rounds.
int keep_busy(JournalWriter& journal, const Bundle& bundle,
              const std::atomic<int>& at_work) {
  constexpr std::int64_t kFirst = 1'700'000'000'000'000'000, kSecond = 1'000'000'000;
  int rounds = 0;
  do {
    import_bundle(journal, bundle);
    prune(journal, {.before_ns = kFirst + std::min(rounds * 20, 100) * kSecond});
    compact(journal);
    redact_journal(journal, without_boots, "test");
    ++rounds;
  } while (at_work > 0);
  return rounds;
}

// What a call lacks of being whole and ended well; "" when nothing.
std::string lack_of(JournalReader& reader, const CallRecord& call) {
  const std::string xml = RealHooks::input_of(call.object);
  if (call.runs.size() != 1) return std::to_string(call.runs.size()) + " runs";
  const RunRecord& run = call.runs[0];
  if (call.outcome != Outcome::ok)
    return "outcome " + std::to_string(static_cast<int>(call.outcome));
  if (!run.input) return "no input";
  if (reader.bytes(run.input->blob) != xml) return "another input";
  if (reader.bytes(run.out.blob) != xml) return "another output";
  const std::string err = reader.bytes(run.err.blob);
  return err == "**********\n" ? "" : "stderr '" + err + "'";
}

// Of the real hooks' calls, those that are not there once, whole, ended well, and why.
std::vector<std::string> wrong_calls(JournalReader& reader) {
  std::map<std::string, int> seen;
  std::vector<std::string> wrong;
  reader.for_each_call({}, [&](const CallRecord& call) {
    if (!call.object.starts_with("guest")) return;
    ++seen[call.object];
    const std::string lack = lack_of(reader, call);
    if (!lack.empty()) wrong.push_back(call.object + ": " + lack);
  });
  for (int caller = 0; caller < kCallers; ++caller)
    for (int call = 0; call < kCallsEach; ++call)
      if (const int times = seen[guest_name(caller, call)]; times != 1)
        wrong.push_back(guest_name(caller, call) + ": there " + std::to_string(times) +
                        " times");
  return wrong;
}

}  // namespace

TEST_CASE(
    "real hooks are answered and recorded while the journal is pruned, packed, "
    "redacted and added to",
    "[cli]") {
  FreshJournal fresh, other;
  fill(fresh, 200);  // long ago
  fill(other, 60);
  const Bundle bundle = export_calls(other.file(), {}, {});
  const RealHooks hooks(fresh);
  std::atomic<int> at_work{kCallers}, unanswered{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller)
    callers.emplace_back([&, caller] {
      for (int call = 0; call < kCallsEach; ++call)
        unanswered += hooks.call(guest_name(caller, call)) ? 0 : 1;
      --at_work;
    });
  auto journal = JournalWriter(fresh.file(), std::chrono::seconds(60));
  const int rounds = keep_busy(journal, bundle, at_work);
  for (std::thread& caller : callers) caller.join();
  // Writers that libvirt did not wait for may still be at work.
  auto reader = fresh.reader();
  for (int i = 0; i < 100; ++i) {
    keep_up({.journal = fresh.file(), .spools = hooks.spools(fresh)});
    redact_journal(journal, without_boots, "test");
    if (wrong_calls(reader).empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

  CHECK(rounds > 0);
  CHECK(unanswered == 0);
  CHECK(wrong_calls(reader) == std::vector<std::string>{});
  const VerifyReport report = verify(fresh.file(), {});
  for (const Damage& damage : report.damage.listed()) UNSCOPED_INFO(damage.what);
  CHECK(report.sound());
}
