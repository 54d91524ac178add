#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "replay/simulation/simulated_objects.h"

namespace hookjournal {

// Invents guests and networks like those of real hosts: the same ones for the same seed.
class Samples {
 public:
  explicit Samples(std::uint64_t seed) : random_(seed) {}

  // A small valid guest of this driver, defined but never started.
  SimulatedGuest guest(const std::string& driver, const std::string& name);
  // A guest of somebody else's XML. Empty values are those of the XML; a UUID that it
  // lacks is invented, as libvirt does. Throws Error when it is no domain with a name.
  SimulatedGuest guest_of(const std::string& driver, const std::string& xml,
                          const std::string& name = "", const std::string& uuid = "");
  SimulatedNetwork network(const std::string& name);
  SimulatedNetwork network_of(const std::string& xml);

  // Gives the guest's cards on this network, by its XML, their ports to be. A guest that
  // has none gets one, when `at_least_one`.
  void connect(SimulatedGuest& guest, SimulatedNetwork& network, bool at_least_one);

  // What libvirt adds to the XML when a guest starts, other each time: aliases,
  // addresses, ports, names of taps.
  void boot(SimulatedGuest& guest);

  std::string uuid();
  std::string mac();
  int between(int low, int high);

 private:
  std::mt19937_64 random_;
};

}  // namespace hookjournal
