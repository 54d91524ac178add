// The simulation against an independent restatement of libvirt's rules, in random cases.
#include <random>
#include <sstream>

#include "tests/unit/replay/simulation/naive_libvirt.h"
#include "tests/unit/replay/simulation/simulation_fixture.h"

using namespace hookjournal;

namespace {

// Both sides of every change in what libvirt calls its hooks with.
constexpr LibvirtVersion kVersions[] = {{0, 8, 0},  {0, 9, 0},  {0, 9, 13}, {1, 2, 9},
                                        {2, 1, 0},  {5, 4, 0},  {5, 5, 0},  {5, 9, 0},
                                        {6, 0, 0},  {6, 1, 0},  {6, 4, 0},  {6, 5, 0},
                                        {10, 4, 0}, {10, 5, 0}, {12, 5, 0}};

struct RandomCase {
  naive::Question question;
  const Scenario* scenario = nullptr;
  Fault fault = Fault::none;
  std::vector<naive::Said> said;  // repeats
};

class RandomCases {
 private:
  template <class Choices>
  const auto& pick(const Choices& choices) {
    return choices[random_() % std::size(choices)];
  }
  naive::Said any_answer() { return static_cast<naive::Said>(random_() % 4); }
  // Half of them new, for only those give reasons.
  LibvirtVersion pick_version() {
    return random_() % 2 == 0 ? kVersions[13 + random_() % 2] : pick(kVersions);
  }
  void pick_fault(RandomCase& made) {
    if (!made.scenario->starts_guest || random_() % 2 == 0) return;
    const FaultName& fault = pick(faults());
    if (fault.of_migration && made.question.scenario.find("migrate") != 0) return;
    made.fault = fault.fault;
    made.question.fault = fault.name;
  }

  std::mt19937 random_;

 public:
  explicit RandomCases(unsigned seed) : random_(seed) {}

  RandomCase next() {
    RandomCase made;
    made.scenario = &pick(scenarios());
    naive::Question& question = made.question;
    question.driver = pick(made.scenario->drivers);
    question.scenario = made.scenario->name;
    question.version = pick_version();
    question.source_version = pick_version();
    pick_fault(made);
    question.nics = static_cast<int>(random_() % 4);
    question.has_source = random_() % 2 == 0;
    question.guest = "g1";
    question.network = "n1";
    made.said.resize(16);
    const bool all = random_() % 4 == 0;
    if (all)
      for (naive::Said& said : made.said) said = any_answer();
    else
      made.said[random_() % 8] = any_answer();
    question.said = [said = made.said](std::size_t n) { return said[n % said.size()]; };
    return made;
  }
};

std::string driver_of_guest(const RandomCase& it) {
  return driver_rules(it.question.driver) != nullptr ? it.question.driver : "qemu";
}

// What SimulatedLibvirt does in this case. Both hosts' hooks count their calls together.
class Played {
 public:
  explicit Played(const RandomCase& it) : case_(it) {
    SimulatedNetwork network = a_network();
    SimulatedGuest guest = a_guest(driver_of_guest(it), network, it.question.nics);
    SimulatedLibvirt here = libvirt(here_, it.question.version, it.fault);
    SimulatedLibvirt source = libvirt(source_, it.question.source_version, Fault::none);
    reached = it.scenario->play({.libvirt = here,
                                 .source = it.question.has_source ? &source : nullptr,
                                 .guest = &guest,
                                 .network = &network});
  }

  std::vector<naive::Call> calls;
  bool reached = false;

 private:
  SimulatedLibvirt libvirt(Hooks& hooks, const LibvirtVersion& version, Fault fault) {
    return {hooks, {.version = version, .fault = fault, .refuses = refuses}};
  }
  static std::optional<std::string> refuses(const HookCall&, const std::string& output) {
    return output == "garbage" ? std::optional<std::string>("XML error") : std::nullopt;
  }

  class Side : public Hooks {
   public:
    Side(Played& played, std::string name) : played_(played), name_(std::move(name)) {}
    Answer call(const HookCall& call) override { return played_.answer(name_, call); }

   private:
    Played& played_;
    std::string name_;
  };

  Answer answer(const std::string& side, const HookCall& call) {
    const naive::Said said = case_.question.said(calls.size());
    calls.push_back(
        {side, call.driver, call.object, call.operation, call.suboperation, call.extra});
    Answer answer;
    answer.failed = said == naive::Said::failed;
    if (is_filter(call) && said == naive::Said::prints_domain)
      answer.output = "<domain>\n  <name>g1</name>\n</domain>\n";
    if (is_filter(call) && said == naive::Said::prints_garbage) answer.output = "garbage";
    return answer;
  }

  const RandomCase& case_;
  Side here_{*this, "here"};
  Side source_{*this, "source"};
};

std::string described(const RandomCase& it) {
  std::ostringstream text;
  const naive::Question& question = it.question;
  text << question.scenario << " of " << question.driver << ' '
       << to_string(question.version) << ", fault '" << question.fault << "', "
       << question.nics << " cards, source "
       << (question.has_source ? to_string(question.source_version) : "none")
       << ", answers";
  for (const naive::Said said : it.said) text << ' ' << static_cast<int>(said);
  return text.str();
}

std::string text(const std::vector<naive::Call>& calls, bool reached) {
  std::string lines;
  for (const naive::Call& call : calls)
    lines += "\n  " + call.side + ": " + call.driver + ' ' + call.object + ' ' +
             call.operation + ' ' + call.suboperation + ' ' + call.extra;
  return lines + (reached ? "\n  reached" : "\n  not reached");
}

}  // namespace

TEST_CASE("the simulation agrees with a naive libvirt in 10,000 random cases",
          "[replay][simulate]") {
  for (unsigned seed = 20241122; seed < 20241122 + 10000; ++seed) {
    const RandomCase it = RandomCases(seed).next();
    const Played played(it);
    const naive::Prediction expected = naive::predict(it.question);
    const std::string wanted = text(expected.calls, expected.reached);
    if (text(played.calls, played.reached) == wanted) continue;
    FAIL("seed " << seed << ": " << described(it) << "\nsimulated:"
                 << text(played.calls, played.reached) << "\nnaive:" << wanted);
  }
  SUCCEED("no case differs");
}
