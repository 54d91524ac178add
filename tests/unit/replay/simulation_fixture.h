#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "replay/scenario.h"
#include "tests/unit/catch.h"

// A simulated libvirt with hooks that answer what a test says, and all that it asked.
namespace hookjournal {

// One call as a test names it: "qemu g1 prepare begin -".
inline std::string words(const HookCall& call) {
  std::string text = call.driver;
  for (const std::string& argument : script_arguments(call)) text += " " + argument;
  return text;
}

class FakeHooks : public Hooks {
 public:
  using Answers = std::function<Answer(std::size_t number, const HookCall& call)>;

  Answer call(const HookCall& call) override {
    calls.push_back(call);
    return answers ? answers(calls.size() - 1, call) : Answer{};
  }
  void fail(const std::string& operation) {
    answers = [operation](std::size_t, const HookCall& call) {
      Answer answer;
      answer.failed = call.operation == operation;
      return answer;
    };
  }

  Answers answers;  // none: every hook is fine
  std::vector<HookCall> calls;
};

inline SimulatedNetwork a_network() {
  return {.name = "n1",
          .uuid = "5d744f21-ba4a-4d6e-bdb2-30a35ff3207d",
          .xml = "<network>\n  <name>n1</name>\n</network>\n",
          .bridge = "virbr0"};
}

inline SimulatedGuest a_guest(const std::string& driver, SimulatedNetwork& network,
                              int nics) {
  SimulatedGuest guest;
  guest.driver = driver;
  guest.name = "g1";
  guest.uuid = "afca425a-2c3a-420c-b2fb-dd7b4950d722";
  guest.definition = "<domain>\n  <name>g1</name>\n</domain>\n";
  guest.live = "<domain>\n  <name>g1</name>\n  <live/>\n</domain>\n";
  for (int i = 0; i < nics; ++i)
    guest.nics.push_back({.network = &network,
                          .mac = "52:54:00:00:00:0" + std::to_string(i),
                          .port_uuid = "port-" + std::to_string(i)});
  return guest;
}

}  // namespace hookjournal
