// The state machine that reads a record, against the simulation that writes one: both
// come from the same facts.
#include "engine/lifecycle.h"
#include "replay/simulation/sample_guest.h"
#include "replay/simulation/scenario.h"
#include "tests/unit/catch.h"

using namespace hookjournal;

namespace {

struct Seen {
  std::string driver, operation, extra;
  bool failed;
  bool operator==(const Seen&) const = default;
};
using Record = std::vector<Seen>;

// Answers well but for the call of this number.
class OneFails : public Hooks {
 public:
  explicit OneFails(int which) : which_(which) {}
  Answer call(const HookCall& call) override {
    Answer answer;
    answer.failed = ++count_ == which_;
    record.push_back({call.driver, call.operation, call.extra, answer.failed});
    return answer;
  }
  Record record;

 private:
  int which_, count_ = 0;
};

Record record_of(const Scenario& scenario, const std::string& driver, Fault fault = {},
                 int failing = 0) {
  OneFails hooks(failing);
  SimulatedLibvirt libvirt(
      hooks, {.version = kNewestLibvirt, .fault = fault, .refuses = {}, .tell = {}});
  Samples samples(1);
  SimulatedNetwork network = samples.network("default");
  SimulatedGuest guest =
      samples.guest(driver_rules(driver) != nullptr ? driver : "qemu", "g");
  if (driver == "network") samples.connect(guest, network, true);
  scenario.play({libvirt, nullptr, &guest, &network});
  return hooks.record;
}

std::vector<Irregularity> irregularities_of(const Record& record) {
  std::vector<Irregularity> found;
  if (record.empty()) return found;
  LifecycleReader reader(record.front().driver);
  for (const Seen& call : record) {
    const LifeStep step = reader.read(call.operation, call.extra,
                                      call.failed ? Ended::failed : Ended::well);
    if (step.irregularity) found.push_back(*step.irregularity);
  }
  if (const auto end = reader.at_end()) found.push_back(*end);
  return found;
}

std::string words_of(const Record& record) {
  std::string words;
  for (const Seen& call : record)
    words += (words.empty() ? "" : " ") + call.operation + (call.failed ? "!" : "");
  return words;
}

void for_each_scenario(
    const std::function<void(const Scenario&, const std::string&)>& test) {
  for (const Scenario& scenario : scenarios())
    for (const auto driver : scenario.drivers) {
      INFO(scenario.name << " of " << driver);
      test(scenario, std::string(driver));
    }
}

const Scenario& scenario(const char* name) { return *scenario_named(name); }

Record without(Record record, std::size_t index) {
  record.erase(record.begin() + static_cast<std::ptrdiff_t>(index));
  return record;
}

// What is left is another thing that libvirt does: nobody can tell.
bool is_another_story(const Record& whole, std::size_t removed) {
  const Seen& call = whole[removed];
  if (whole.size() == 1) return true;
  if (call.operation == "migrate" || call.operation == "restore") return true;
  // bhyve cleans up after no failure, so its starts may end anywhere; its reboots do not
  // prepare.
  const bool last = removed + 1 == whole.size();
  if (call.driver == "bhyve" && call.operation == "started" && last) return true;
  // A start that failed one step earlier, unless the reason of its release tells.
  const std::string& reason = whole.back().extra;
  return (call.operation == "start" || call.operation == "started") && !last &&
         whole[removed + 1].operation == "stopped" &&
         (reason == "-" || reason == "failed");
}

}  // namespace

TEST_CASE("every simulated scenario is in order", "[replay][lifecycle]") {
  for_each_scenario([](const Scenario& scenario, const std::string& driver) {
    const Record record = record_of(scenario, driver);
    INFO(words_of(record));
    CHECK(irregularities_of(record).empty());
  });
}

TEST_CASE("so is what follows a failing hook, whichever it is", "[replay][lifecycle]") {
  for_each_scenario([](const Scenario& scenario, const std::string& driver) {
    const auto calls = static_cast<int>(record_of(scenario, driver).size());
    for (int failing = 1; failing <= calls; ++failing) {
      const Record record = record_of(scenario, driver, Fault::none, failing);
      INFO(words_of(record));
      CHECK(irregularities_of(record).empty());
    }
  });
}

TEST_CASE("so is what follows a failure between the hooks", "[replay][lifecycle]") {
  for_each_scenario([](const Scenario& scenario, const std::string& driver) {
    for (const FaultName& fault : faults()) {
      const Record record = record_of(scenario, driver, fault.fault);
      INFO(fault.name << ": " << words_of(record));
      CHECK(irregularities_of(record).empty());
    }
  });
}

TEST_CASE("a call that is missing from a scenario is noticed", "[replay][lifecycle]") {
  for_each_scenario([](const Scenario& scenario, const std::string& driver) {
    const Record whole = record_of(scenario, driver);
    for (std::size_t index = 0; index < whole.size(); ++index) {
      const Record record = without(whole, index);
      INFO(words_of(whole) << " became " << words_of(record));
      CHECK(irregularities_of(record).empty() == is_another_story(whole, index));
    }
  });
}

TEST_CASE("two calls that changed places are noticed", "[replay][lifecycle]") {
  for_each_scenario([](const Scenario& scenario, const std::string& driver) {
    const Record whole = record_of(scenario, driver);
    for (std::size_t index = 1; index < whole.size(); ++index) {
      Record record = whole;
      std::swap(record[index - 1], record[index]);
      if (record == whole) continue;
      INFO(words_of(whole) << " became " << words_of(record));
      CHECK_FALSE(irregularities_of(record).empty());
    }
  });
}

TEST_CASE("what is irregular has the right name", "[replay][lifecycle]") {
  using enum Irregularity;
  const auto lifecycle = record_of(scenario("lifecycle"), "qemu");
  REQUIRE(words_of(lifecycle) == "prepare start started stopped release");
  const auto named = [](const Record& record) { return irregularities_of(record); };
  using Names = std::vector<Irregularity>;
  CHECK(named(without(lifecycle, 0)) == Names{missing_call});
  CHECK(named(without(lifecycle, 1)) == Names{missing_call});
  CHECK(named(without(lifecycle, 2)) == Names{missing_call});
  CHECK(named(without(lifecycle, 3)) == Names{missing_call});
  CHECK(named(without(lifecycle, 4)) == Names{unfinished});

  Record twice = without(lifecycle, 4);
  twice.insert(twice.end(), lifecycle.begin(), lifecycle.end());
  CHECK(named(twice) == Names{never_released});

  Record again = lifecycle;
  again.push_back({"qemu", "stopped", "-", false});
  again.push_back({"qemu", "release", "-", false});
  CHECK(named(again) == Names{stopped_without_start});
}

TEST_CASE("release without start is normal after a failed prepare",
          "[replay][lifecycle]") {
  const Record record = record_of(scenario("start"), "qemu", Fault::none, 1);
  CHECK(words_of(record) == "prepare! stopped release");
  CHECK(irregularities_of(record).empty());
}

TEST_CASE("a call whose answer is not known makes nothing irregular",
          "[replay][lifecycle]") {
  LifecycleReader reader("qemu");
  reader.read("prepare", "-", Ended::unknown);
  CHECK_FALSE(reader.read("stopped", "-", Ended::well).irregularity);
  CHECK_FALSE(reader.read("release", "-", Ended::well).irregularity);
}

TEST_CASE("drivers and operations we have never heard of are in order",
          "[replay][lifecycle]") {
  LifecycleReader unknown("kvmtool");
  CHECK_FALSE(unknown.read("release", "-", Ended::well).irregularity);
  LifecycleReader qemu("qemu");
  qemu.read("prepare", "-", Ended::well);
  CHECK_FALSE(qemu.read("startcpus", "-", Ended::well).irregularity);
  CHECK_FALSE(qemu.read("start", "-", Ended::well).irregularity);
}
