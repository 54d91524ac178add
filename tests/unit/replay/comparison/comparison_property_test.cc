// Verdicts over random effects: what nothing changed is never changed, what one thing
// changed always is, and noise hides its own place.
#include <random>

#include "replay/comparison/own_words.h"
#include "tests/unit/catch.h"
#include "tests/unit/replay/comparison/comparison_fixture.h"

using namespace hookjournal;
using trial::command;
using trial::created;
using trial::Trial;

namespace {

class RandomCalls {
 public:
  explicit RandomCalls(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string word() {
    constexpr const char* kWords[] = {
        "iptables", "-A",   "FORWARD",          "br0",  "80",
        "8080",     "up",   "10.0.0.5",         "link", "add",
        "a b",      "veth", "52:54:00:11:22:33"};
    return kWords[below(std::size(kWords))];
  }
  // As chance makes it; never one of the words above.
  std::string noise() {
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::string text;
    for (std::size_t i = 0; i < 12; ++i) text += kLetters[below(kLetters.size())];
    return text;
  }
  std::string line() {
    std::string text = word();
    for (std::size_t i = below(5); i > 0; --i) text += " " + word();
    return text;
  }
  std::string text() {
    std::string all;
    for (std::size_t i = below(6); i > 0; --i) all += line() + "\n";
    return all;
  }
  Command any_command() {
    constexpr const char* kNames[] = {"ip", "iptables", "systemctl", "sysctl"};
    std::vector<std::string> words = {kNames[below(std::size(kNames))]};
    for (std::size_t i = below(5); i > 0; --i) words.push_back(word());
    return command(words, Exited{static_cast<int>(below(2))});
  }
  Trial trial() {
    Trial made = Trial::of();
    ObservedRun& run = made.first.runs[0];
    run.result.err = text();
    run.result.out = text();
    for (std::size_t i = below(8); i > 0; --i)
      run.effects.commands.push_back(any_command());
    for (std::size_t i = below(5); i > 0; --i)
      run.effects.files.push_back(created("/run/f" + std::to_string(i), text()));
    for (std::size_t i = below(4); i > 0; --i)
      run.effects.network.push_back({"link l" + std::to_string(i), std::nullopt, line()});
    made.second = made.candidate = made.first;
    return made;
  }

  // One thing other than it was. Its place is random too.
  void mutate(ObservedRun& run) {
    switch (below(8)) {
      case 0:
        run.result.err = "mutated\n" + run.result.err;
        break;
      case 1:
        run.result.out += "mutated\n";
        break;
      case 2:
        insert(run.effects.commands, command({"mutated"}));
        break;
      case 3:
        run.effects.files.push_back(created("/run/mutated", ""));
        break;
      case 4:
        run.effects.network.push_back({"link mutated", std::nullopt, "up"});
        break;
      case 5:
        run.result.ending = Exited{77};
        break;
      case 6:
        run.effects.attempts.push_back(
            {Attempt::Kind::connect, "unix /run/mutated", "/bin/x"});
        break;
      default:
        mutate_what_is_there(run.effects);
    }
  }

  // The same place in each leg, other each time.
  void add_noise(Trial& it) {
    ObservedRun* legs[] = {&it.first.runs[0], &it.second.runs[0], &it.candidate.runs[0]};
    const std::size_t kind = below(5), place = below(8);
    const std::string before = line(), after = line();
    for (ObservedRun* run : legs) {
      const std::string text = before + " " + noise() + " " + after;
      auto& commands = run->effects.commands;
      if (kind == 0) run->result.err.insert(0, text + "\n");
      if (kind == 1) run->result.out += text + "\n";
      if (kind == 2)
        commands.insert(
            commands.begin() + static_cast<long>(std::min(place, commands.size())),
            command({"tool", before, noise(), after}));
      if (kind == 3) run->effects.files.push_back(created("/run/noise", text + "\n"));
      if (kind == 4)
        run->effects.files.push_back(created("/run/noise/" + noise() + "/state", "x\n"));
    }
  }

 private:
  template <class Items, class Item>
  void insert(Items& items, Item item) {
    items.insert(items.begin() + static_cast<long>(below(items.size() + 1)),
                 std::move(item));
  }
  void mutate_what_is_there(Effects& effects) {
    if (!effects.commands.empty()) {
      Command& chosen = effects.commands[below(effects.commands.size())];
      if (below(2) == 0)
        chosen.ending = Exited{99};
      else
        chosen.arguments.push_back("9090");
    } else if (!effects.files.empty()) {
      effects.files[below(effects.files.size())].after->mode = 0111;
    } else {
      effects.commands.push_back(command({"mutated"}));
    }
  }

  std::mt19937 random_;
};

constexpr int kCases = 1500;

}  // namespace

TEST_CASE("equal legs are the same, whatever they did", "[replay]") {
  RandomCalls random(1);
  int same = 0;
  for (int i = 0; i < kCases; ++i)
    same += random.trial().judge().verdict == Verdict::same ? 1 : 0;
  CHECK(same == kCases);
}

TEST_CASE("one thing that the candidate does otherwise is always found", "[replay]") {
  RandomCalls random(2);
  for (int i = 0; i < kCases; ++i) {
    Trial it = random.trial();
    random.mutate(it.candidate.runs[0]);
    CAPTURE(i);
    REQUIRE(it.judge().verdict == Verdict::changed);
  }
}

TEST_CASE("a place that is other each time never makes a change", "[replay]") {
  RandomCalls random(3);
  for (int i = 0; i < kCases; ++i) {
    Trial it = random.trial();
    random.add_noise(it);
    const CallVerdict verdict = it.judge();
    CAPTURE(i, verdict.differences.size());
    REQUIRE(verdict.verdict == Verdict::noise);
  }
}

TEST_CASE("noise hides no change elsewhere", "[replay]") {
  RandomCalls random(4);
  for (int i = 0; i < kCases; ++i) {
    Trial it = random.trial();
    random.add_noise(it);
    random.mutate(it.candidate.runs[0]);
    CAPTURE(i);
    REQUIRE(it.judge().verdict == Verdict::changed);
  }
}

TEST_CASE("equal changes have equal fingerprints each time", "[replay]") {
  RandomCalls random(5);
  for (int i = 0; i < kCases; ++i) {
    Trial it = random.trial();
    random.mutate(it.candidate.runs[0]);
    const auto print = [&](const HookCall& call) {
      return fingerprint_of(call, "", OwnWords(call, ""), it.judge().differences,
                            Consequence::none, Consequence::none);
    };
    HookCall other = it.first.call;
    other.object = "another-guest";
    REQUIRE(print(it.first.call) == print(other));
  }
}
