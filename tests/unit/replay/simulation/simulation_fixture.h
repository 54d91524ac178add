#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "replay/simulation/scenario.h"
#include "tests/unit/catch.h"

// A simulated libvirt with hooks that answer what a test says, and all that it asked.
namespace hookjournal {

using Words = std::vector<std::string>;

class FakeHooks : public Hooks {
 public:
  Answer call(const HookCall& call) override {
    calls.push_back(call);
    Answer answer;
    answer.failed = call.operation == failing &&
                    (failing_object.empty() || call.object == failing_object);
    if (call.operation == printing) answer.output = output;
    return answer;
  }

  std::string failing;           // the operation whose hook fails
  std::string failing_object;    // only for this one; "" for any
  std::string printing, output;  // the operation whose hook prints something
  std::vector<HookCall> calls;
};

inline SimulatedNetwork a_network(const std::string& name = "n1") {
  return {.name = name,
          .uuid = "5d744f21-ba4a-4d6e-bdb2-30a35ff3207d",
          .xml = "<network>\n  <name>" + name + "</name>\n</network>\n",
          .bridge = "virbr0"};
}

inline SimulatedGuest a_guest(const std::string& driver, SimulatedNetwork& network,
                              int nics) {
  SimulatedGuest guest;
  guest.driver = driver;
  guest.name = "g1";
  guest.uuid = "afca425a-2c3a-420c-b2fb-dd7b4950d722";
  guest.definition = "<domain type='kvm'>\n  <name>g1</name>\n</domain>\n";
  guest.live = "<domain type='kvm'>\n  <name>g1</name>\n  <live/>\n</domain>\n";
  for (int i = 0; i < nics; ++i)
    guest.nics.push_back({.network = &network,
                          .mac = "52:54:00:00:00:0" + std::to_string(i),
                          .port_uuid = "port-" + std::to_string(i)});
  return guest;
}

// A host with one network and one guest on it. Networks and daemons are played with
// qemu's.
struct SimulatedHost {
  explicit SimulatedHost(const std::string& driver = "qemu", int nics = 0)
      : guest(a_guest(driver, network, nics)) {}

  // Whether it reached its goal.
  bool play(std::string_view scenario, SimulatedLibvirt* source = nullptr) {
    SimulatedLibvirt libvirt(hooks, setting);
    return scenario_named(scenario)->play({libvirt, source, &guest, &network});
  }

  // The scripts' arguments of each call behind the driver: "qemu g1 prepare begin -".
  Words calls() const {
    Words all;
    for (const HookCall& call : hooks.calls) {
      all.push_back(call.driver);
      for (const std::string& word : script_arguments(call)) all.back() += ' ' + word;
    }
    return all;
  }
  // The operations alone, with their last argument where there is one: "release saved".
  Words operations() const {
    Words all;
    for (const HookCall& call : hooks.calls)
      all.push_back(call.operation + (call.extra == "-" ? "" : ' ' + call.extra));
    return all;
  }
  // What the first call of this operation reads; "no call" and "no input" are none.
  std::string input(const std::string& operation) const {
    for (const HookCall& call : hooks.calls)
      if (call.operation == operation) return call.input.value_or("no input");
    return "no call";
  }

  FakeHooks hooks;
  SimulatedNetwork network = a_network();
  SimulatedGuest guest;
  SimulatedLibvirt::Setting setting;
};

// The inputs of a SimulatedHost's guest: as defined, and from the `start` hook on; with
// and without an id.
inline const std::string kDefined = "<domain type='kvm'>\n  <name>g1</name>\n</domain>\n";
inline const std::string kDefinedWithId =
    "<domain type='kvm' id='1'>\n  <name>g1</name>\n</domain>\n";
inline const std::string kLive =
    "<domain type='kvm'>\n  <name>g1</name>\n  <live/>\n</domain>\n";
inline const std::string kLiveWithId =
    "<domain type='kvm' id='1'>\n  <name>g1</name>\n  <live/>\n</domain>\n";

}  // namespace hookjournal
