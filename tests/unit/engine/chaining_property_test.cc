// libvirt's chaining, said a second time as plainly as it can be, against the engine. The
// rules below look back over all scripts before one; the engine carries a state forward.
#include <algorithm>
#include <random>

#include "engine/hook_engine.h"
#include "tests/unit/catch.h"
#include "tests/unit/engine/fake_runner.h"

using namespace hookjournal;

namespace {

const std::optional<std::string> kOriginal = "original";

struct Script {
  std::string prints;
  Ending ending;
};
using Scripts = std::vector<Script>;

bool fails(const Script& script) {
  const auto* exited = std::get_if<Exited>(&script.ending);
  return exited == nullptr || exited->code != 0;
}

std::string seen(const Script& script) {
  return script.prints.substr(0, script.prints.find('\0'));
}

bool blank(const Script& script) {
  const std::string text = seen(script);
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
  });
}

// The last thing printed by scripts[0..count) that is not blank, unless one of them
// failed.
std::optional<std::string> good_output(const Scripts& scripts, std::size_t count) {
  std::optional<std::string> output;
  for (std::size_t i = 0; i < count; ++i) {
    if (fails(scripts[i])) return std::nullopt;
    if (!blank(scripts[i])) output = seen(scripts[i]);
  }
  return output;
}

std::optional<std::string> input_of(const Scripts& scripts, std::size_t index,
                                    bool filter) {
  if (!filter) return kOriginal;
  const auto output = good_output(scripts, index);
  return output ? output : kOriginal;
}

class RandomCalls {
 public:
  Scripts scripts() {
    Scripts made(random_() % 6);
    std::generate(made.begin(), made.end(), [this] { return script(); });
    return made;
  }
  HookCall call() {
    constexpr const char* kOperations[] = {"migrate", "restore", "prepare", "release"};
    return {.driver = "qemu",
            .object = "g",
            .operation = kOperations[random_() % 4],
            .input = kOriginal};
  }

 private:
  Script script() {
    const std::string outputs[] = {"",
                                   " \t\n\f\r",
                                   "\v",
                                   "A",
                                   "<domain/>\n",
                                   " B ",
                                   "\xff",
                                   std::string("C\0D", 3),
                                   std::string("\0E", 2),
                                   std::string(" \0F", 3)};
    const Ending endings[] = {Exited{0}, Exited{0},   Exited{0},   Exited{0},
                              Exited{1}, Exited{255}, Signaled{9}, NotStarted{13}};
    return {outputs[random_() % std::size(outputs)],
            endings[random_() % std::size(endings)]};
  }
  std::mt19937 random_{20241122};
};

}  // namespace

TEST_CASE("chaining agrees with a naive restatement in 10,000 random calls", "[engine]") {
  RandomCalls random;
  for (int number = 0; number < 10000; ++number) {
    INFO("call " << number);
    const HookCall call = random.call();
    const Scripts scripts = random.scripts();
    FakeRunner runner;
    FakeObserver observer;
    Discovery found;
    std::vector<std::optional<std::string>> inputs;
    std::optional<Ending> last_failure;
    for (std::size_t i = 0; i < scripts.size(); ++i) {
      found.scripts.push_back("qemu.d/" + std::to_string(i));
      runner.will(std::to_string(i), scripts[i].prints, scripts[i].ending);
      inputs.push_back(input_of(scripts, i, is_filter(call)));
      if (fails(scripts[i])) last_failure = scripts[i].ending;
    }

    const Answer answer = HookEngine(runner, observer).answer(call, "/h", found);

    REQUIRE(runner.read == inputs);
    REQUIRE(answer.no_hook == scripts.empty());
    REQUIRE(answer.failed == last_failure.has_value());
    REQUIRE(answer.ending == last_failure.value_or(Exited{0}));
    REQUIRE(answer.output ==
            (is_filter(call) ? good_output(scripts, scripts.size()) : std::nullopt));
  }
}
